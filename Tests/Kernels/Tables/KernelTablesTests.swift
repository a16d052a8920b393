import CPUKernels
import KernelInterface
import Tensors
import Testing

struct KernelTablesTests {
  @Test func portableIsAlwaysThere() throws {
    #expect(KernelTable.all.last?.instructionSet == "portable")
    let table = try KernelTable.forThisMachine { _ in "portable" }
    #expect(table.instructionSet == "portable")
  }

  @Test func picksTheFirstByDefault() throws {
    let table = try KernelTable.forThisMachine { _ in nil }
    #expect(table.instructionSet == KernelTable.all.first?.instructionSet)
  }

  @Test func whatRunsHereIsBuilt() {
    let here = KernelTable.all.map(\.instructionSet)
    #expect(KernelTable.builtInstructionSets.filter(here.contains) == here)
  }

  @Test func rejectsAnUnknownInstructionSet() throws {
    let error = #expect(throws: TesseraError.self) {
      try KernelTable.forThisMachine { $0 == "TESSERA_ISA" ? "avx9" : nil }
    }
    #expect(error?.kind == .invalidUsage)
  }

  @Test func aBuildWithoutKernelsForTheMachineIsTold() {
    let error = #expect(throws: TesseraError.self) {
      try KernelTable.forThisMachine(environment: { _ in nil }, among: [])
    }
    #expect(error?.kind == .unsupported)
  }

  @Test func tablesHaveTheSameKernels() {
    for table in KernelTable.all {
      #expect(table.kernels.keys == KernelTable.all[0].kernels.keys)
      #expect(table.laneCount == kernelLaneCount)
    }
  }
}
