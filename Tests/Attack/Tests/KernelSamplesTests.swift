import CPUKernels
import KernelInterface
import Testing

@testable import Attack

@Suite struct KernelSamplesTests {
  /// A kernel without a sample is attacked by chance only.
  @Test func everyKernelHasACall() throws {
    let kernels = Set(KernelTable.all[0].kernels.keys)
    #expect(kernels.subtracting(try KernelSamples.calls().map(\.kernel)).isEmpty)
  }
}
