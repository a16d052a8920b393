import CMachine
import CPUKernelsAVX2
import CPUKernelsAVX512
import CPUKernelsPortable
import KernelInterface
import Tensors

extension KernelTable {
  /// The tables that this machine can run, the preferred first.
  package static let all: [KernelTable] = {
    var tables: [KernelTable] = []
    if tessera_cpu_has_avx512() { tables.append(CPUKernelsAVX512.kernelTable) }
    if tessera_cpu_has_avx2_fma_f16c() { tables.append(CPUKernelsAVX2.kernelTable) }
    return tables + [CPUKernelsPortable.kernelTable]
  }()

  /// The preferred table of this machine, or the one that `TESSERA_ISA` names.
  ///
  /// - Parameter environment: looks up an environment variable.
  /// - Throws: `TesseraError` of kind `invalidUsage` if `TESSERA_ISA` names no table of this machine.
  package static func forThisMachine(
    environment: (String) -> String? = environmentVariable
  ) throws(TesseraError) -> KernelTable {
    guard let wanted = environment("TESSERA_ISA"), !wanted.isEmpty else { return all[0] }
    guard let table = all.first(where: { $0.instructionSet == wanted }) else {
      let names = all.map(\.instructionSet).joined(separator: ", ")
      throw TesseraError(
        .invalidUsage, "TESSERA_ISA is '\(wanted)', but this machine runs: \(names)")
    }
    return table
  }
}
