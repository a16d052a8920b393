import CPUKernels
import KernelInterface
import TestSupport
import Testing

/// The step packs values of the run to the bits that the compiler packs constants to.
struct PackWeightsTests {
  private func check(
    _ step: PackWeightsDescriptor, weightCount: Int,
    pack: (UnsafeRawPointer, UnsafeMutableRawPointer) throws -> Void
  ) throws {
    var generator = SeededGenerator(seed: 1)
    let weights = GuardedBuffer(randomFloats(weightCount, &generator))
    let byteCount = try #require(step.requirements().operands.last?.byteCount)
    let expected = GuardedBuffer(byteCount: byteCount)
    try pack(weights.base, expected.base)
    try KernelHarness.runEverywhere(step, reading: [weights]) { output, _ in
      #expect(output.bytes == expected.bytes)
    }
  }

  private func image(_ channels: Int, block: Int) -> ImageLayout {
    ImageLayout(batch: 1, channels: channels, height: 9, width: 9, channelBlock: block)
  }

  @Test(arguments: [1, 7, 16, 33], [1, 8, 17, 40])
  func direct(inputs: Int, outputs: Int) throws {
    for block in [1, kernelLaneCount] {
      var conv = ConvDirectDescriptor()
      (conv.input, conv.output) = (image(inputs, block: block), image(outputs, block: 8))
      conv.window = SlidingWindow(kernel: (3, 2))
      try check(PackWeightsDescriptor(conv), weightCount: outputs * inputs * 6) {
        try conv.packWeights(from: $0, into: $1)
      }
    }
  }

  @Test func groups() throws {
    var conv = ConvDirectDescriptor()
    (conv.input, conv.output) = (image(32, block: 8), image(48, block: 8))
    conv.window = SlidingWindow(kernel: (3, 3))
    conv.groups = 2
    try check(PackWeightsDescriptor(conv), weightCount: 48 * 16 * 9) {
      try conv.packWeights(from: $0, into: $1)
    }
  }

  @Test(arguments: [1, 8, 19])
  func depthwise(channels: Int) throws {
    var conv = ConvDepthwiseDescriptor()
    (conv.input, conv.output) = (image(channels, block: 8), image(channels, block: 8))
    conv.window = SlidingWindow(kernel: (5, 3))
    try check(PackWeightsDescriptor(conv), weightCount: channels * 15) {
      try conv.packWeights(from: $0, into: $1)
    }
  }

  @Test(arguments: WinogradTile.allCases, [(3, 3), (5, 5), (1, 7), (3, 1)])
  func winograd(tile: WinogradTile, kernel: (height: Int, width: Int)) throws {
    guard
      let shape = WinogradShape(tile, kernelHeight: kernel.height, kernelWidth: kernel.width)
    else { return }
    for (inputs, outputs) in [(8, 8), (9, 17), (67, 40)] {
      var conv = ConvWinogradDescriptor()
      (conv.input, conv.output) = (image(inputs, block: 8), image(outputs, block: 8))
      conv.shape = shape
      try check(
        PackWeightsDescriptor(conv), weightCount: outputs * inputs * kernel.height * kernel.width
      ) {
        try conv.packWeights(from: $0, into: $1)
      }
    }
  }
}
