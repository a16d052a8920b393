import CMachine
import KernelInterface
import Tensors

#if AllInstructionSets || AVX2
  import CPUKernelsAVX2
#endif
#if AllInstructionSets || AVX512
  import CPUKernelsAVX512
#endif
#if AllInstructionSets || Portable
  import CPUKernelsPortable
#endif

extension KernelTable {
  /// The tables that this build holds, by the traits of the package, and that this machine can run; the
  /// preferred first.
  package static let all: [KernelTable] = {
    var tables: [KernelTable] = []
    #if AllInstructionSets || AVX512
      if tessera_cpu_has_avx512() { tables.append(CPUKernelsAVX512.kernelTable) }
    #endif
    #if AllInstructionSets || AVX2
      if tessera_cpu_has_avx2_fma_f16c() { tables.append(CPUKernelsAVX2.kernelTable) }
    #endif
    #if AllInstructionSets || Portable
      tables.append(CPUKernelsPortable.kernelTable)
    #endif
    return tables
  }()

  /// The instruction sets that this build has kernels for, whatever this machine can run, in the order of `all`.
  package static let builtInstructionSets: [String] = {
    var names: [String] = []
    #if AllInstructionSets || AVX512
      names.append("avx512")
    #endif
    #if AllInstructionSets || AVX2
      names.append("avx2")
    #endif
    #if AllInstructionSets || Portable
      names.append("portable")
    #endif
    return names
  }()

  /// The preferred table of this machine, or the one that `TESSERA_ISA` names.
  ///
  /// - Parameters:
  ///   - environment: looks up an environment variable.
  ///   - tables: those to choose from, the preferred first.
  /// - Throws: `TesseraError` of kind `invalidUsage` if `TESSERA_ISA` names none of them, `unsupported` if
  ///   there are none.
  package static func forThisMachine(
    environment: (String) -> String? = environmentVariable, among tables: [KernelTable] = all
  ) throws(TesseraError) -> KernelTable {
    guard let preferred = tables.first else {
      throw TesseraError(
        .unsupported, "this program was built without kernels for this machine's instruction sets")
    }
    guard let wanted = environment("TESSERA_ISA"), !wanted.isEmpty else { return preferred }
    guard let table = tables.first(where: { $0.instructionSet == wanted }) else {
      let names = tables.map(\.instructionSet).joined(separator: ", ")
      throw TesseraError(
        .invalidUsage, "TESSERA_ISA is '\(wanted)', but this machine runs: \(names)")
    }
    return table
  }
}
