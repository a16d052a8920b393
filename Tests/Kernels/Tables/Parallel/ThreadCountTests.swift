import CPUKernels
import Tensors
import Testing

struct ThreadCountTests {
  private func preferred(_ variables: [String: String], machine: Int = 4) throws -> Int {
    try ThreadCount.preferred(environment: { variables[$0] }, machine: { machine })
  }

  @Test func followsTheOrderOfSources() throws {
    #expect(try preferred([:]) == 4)
    #expect(try preferred(["OMP_NUM_THREADS": "3"]) == 3)
    #expect(try preferred(["OMP_NUM_THREADS": "3", "TESSERA_NUM_THREADS": "2"]) == 2)
  }

  @Test func readsTheFirstNumberOfAList() throws {
    #expect(try preferred(["OMP_NUM_THREADS": "4,2"], machine: 1) == 4)
    #expect(try preferred(["OMP_NUM_THREADS": " 2 , 3"], machine: 1) == 2)
  }

  @Test(arguments: ["x", "0", "-3", "99999999999999999999", "1.5"])
  func passesOverForeignNonsense(text: String) throws {
    #expect(try preferred(["OMP_NUM_THREADS": text]) == 4)
  }

  @Test(arguments: ["x", "0", "-3", "99999999999999999999", "1.5", "5000"])
  func rejectsItsOwnNonsense(text: String) throws {
    let error = #expect(throws: TesseraError.self) {
      try preferred(["TESSERA_NUM_THREADS": text])
    }
    #expect(error?.kind == .invalidUsage)
  }

  @Test func thisMachineHasAtLeastOneCPU() { #expect(ThreadCount.availableCPUCount() >= 1) }
}
