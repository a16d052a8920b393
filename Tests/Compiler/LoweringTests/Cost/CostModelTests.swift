import CPUKernels
import KernelInterface
import Tensors
import TestSupport
import Testing

@testable import Lowering

/// Estimated times, from constants of round numbers.
struct CostModelTests {
  /// A second for a multiply-add of a vector, a second for a byte from memory, one thread.
  private static var unit: CostModel {
    var model = CostModel()
    model.multiplyAddSeconds = 1
    model.memoryBytesPerSecond = 1
    model.weightBytesPerSecond = 1
    model.transformSeconds = 0
    model.sharedCacheSeconds = 0
    model.spillSeconds = 0
    model.threadCount = 1
    return model
  }

  private static func seconds(_ call: KernelCall, _ model: CostModel = unit) throws -> Double {
    try model.seconds(call, kernels: try #require(KernelTable.all.first))
  }

  @Test func directConvolutionsTakeTheirMultiplyAdds() throws {
    let call = try ConvProblem.square(channels: 16, extent: 20, batch: 2).call(.direct)
    #expect(try Self.seconds(call) == 2 * 20 * 20 * 9 * 16 * 16 / 8)
  }

  @Test func directConvolutionsOfFewPixelsTakeTheirWeights() throws {
    let call = try ConvProblem.square(channels: 16, extent: 1).call(.direct)
    #expect(try Self.seconds(call) == 9 * 16 * 16 * 4)
  }

  /// 25 tiles of F(4×4) for 20 × 20 pixels.
  @Test func winogradTakesItsProductsOrItsWeightsAndItsTransforms() throws {
    let conv = ConvProblem.square(channels: 16, extent: 20)
    let phased = WinogradSchedule(shape: WinogradShape(.four), schedule: .phased, tilesPerBlock: 12)
    let call = try conv.call(.winograd(phased))
    var model = Self.unit
    let products = 25.0 * 36 * 16 * 16 / 8
    let weights = 36.0 * 16 * 16 * 4
    #expect(try Self.seconds(call, model) == max(products, weights))
    model.weightBytesPerSecond = 2
    #expect(try Self.seconds(call, model) == products)
    model.transformSeconds = 1
    #expect(try Self.seconds(call, model) == products + 25 * 36 * (2 + 2))
    model.spillSeconds = 2
    #expect(try Self.seconds(call, model) == products + 3 * 25 * 36 * (2 + 2))
  }

  /// 100 tiles of F(1×4, 1×3), which are transformed once where others are twice.
  @Test func tilesOfOneRowAreTransformedInHalfTheTime() throws {
    var conv = ConvProblem.square(channels: 16, extent: 20)
    (conv.window.kernelHeight, conv.window.padTop) = (1, 0)
    let shape = try #require(WinogradShape(.four, kernelHeight: 1, kernelWidth: 3))
    let phased = WinogradSchedule(shape: shape, schedule: .phased, tilesPerBlock: 12)
    let call = try conv.call(.winograd(phased))
    var model = Self.unit
    model.weightBytesPerSecond = 1e12
    let products = 100.0 * 6 * 16 * 16 / 8
    #expect(try Self.seconds(call, model) == products)
    model.transformSeconds = 1
    #expect(try Self.seconds(call, model) == products + 100 * 6 * (2 + 2) / 2)
  }

  @Test func fusedBlocksReadTheWeightsAgain() throws {
    let conv = ConvProblem.square(channels: 16, extent: 20)
    let fused = WinogradSchedule(shape: WinogradShape(.four), schedule: .fused, tilesPerBlock: 12)
    let call = try conv.call(.winograd(fused))
    var model = Self.unit
    let once = try Self.seconds(call, model)
    model.sharedCacheSeconds = 1
    // 3 blocks of at most 12 tiles.
    #expect(try Self.seconds(call, model) == once + 2 * 36 * 16 * 16 / 8)
    model.sharedCacheByteCount = 0
    #expect(try Self.seconds(call, model) == once + 2 * 36 * 16 * 16 * 4)
  }

  /// 3 blocks fused, 3 blocks of one panel in phases, for 2 threads.
  @Test(arguments: ConvWinogradDescriptor.Schedule.allCases)
  func itemsThatDoNotDivideAmongTheThreadsTakeLonger(
    schedule: ConvWinogradDescriptor.Schedule
  ) throws {
    let conv = ConvProblem.square(channels: 16, extent: 20)
    let choice = WinogradSchedule(
      shape: WinogradShape(.four), schedule: schedule, tilesPerBlock: 12)
    let call = try conv.call(.winograd(choice))
    var model = Self.unit
    let divisible = try Self.seconds(call, model)
    model.threadCount = 2
    #expect(try Self.seconds(call, model) == divisible * 4 / 3)
  }

  @Test func otherKernelsTakeTheLongerOfMultiplyAddsAndBytes() throws {
    var layer = FullyConnectedDescriptor()
    (layer.rowCount, layer.inputCount, layer.outputCount) = (1, 64, 32)
    let byteCount = 64.0 * 32 * 4 + (64 + 32 + 32) * 4 + 64
    #expect(try Self.seconds(try KernelCall(layer)) == byteCount)
    var model = Self.unit
    model.memoryBytesPerSecond = 1e12
    #expect(try Self.seconds(try KernelCall(layer), model) == 64 * 32 / 8)
  }

  @Test func measurementsReplaceEstimates() throws {
    let kernels = try #require(KernelTable.all.first)
    let conv = ConvProblem.square(channels: 8, extent: 4)
    let times = StepTimes(measuredSeconds: [try conv.call(.direct): 7], model: Self.unit)
    #expect(try times.seconds(conv.call(.direct), kernels: kernels) == 7)
    let im2col = try conv.call(.im2col)
    #expect(try times.seconds(im2col, kernels: kernels) == Self.seconds(im2col))
  }

  @Test func unknownKernelsAreRefused() throws {
    #expect(throws: TesseraError.self) {
      try Self.seconds(KernelCall(kernel: "none", descriptor: []))
    }
  }
}
