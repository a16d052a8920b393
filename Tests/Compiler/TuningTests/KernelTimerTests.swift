import CPUKernels
import KernelInterface
import Tensors
import TestSupport
import Testing

@testable import Tuning

/// Measured times of real kernels.
struct KernelTimerTests {
  private static func layer(_ count: Int) throws -> KernelCall {
    var layer = FullyConnectedDescriptor()
    (layer.rowCount, layer.inputCount, layer.outputCount) = (count, count, count)
    return try KernelCall(layer)
  }

  /// 32,768 times the work: no disturbance takes that long in each of several runs.
  @Test(arguments: [1, 2]) func moreWorkTakesLonger(threads: Int) throws {
    let kernels = try #require(KernelTable.all.first)
    let timer = try KernelTimer(kernels: kernels, threadCount: threads)
    let (small, large) = (try timer.seconds(Self.layer(16)), try timer.seconds(Self.layer(512)))
    #expect(small > 0)
    #expect(large > small)
  }

  @Test func whatCannotRunIsRefused() throws {
    let kernels = try #require(KernelTable.all.first)
    let timer = try KernelTimer(kernels: kernels, threadCount: 1)
    for call in [
      KernelCall(kernel: "none", descriptor: []), KernelCall(kernel: "pool", descriptor: [1]),
    ] {
      #expect(throws: TesseraError.self) { try timer.seconds(call) }
    }
    #expect(throws: TesseraError.self) { try KernelTimer(kernels: kernels, threadCount: 0) }
  }
}
