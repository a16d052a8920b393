import CPUKernels
import KernelInterface
import TestSupport
import Testing

/// Gradients of weights by F(3×3, 4×4) against their definition in Float64, with the same bits for any number of
/// threads.
struct WinogradWeightGradientTests {
  private func check(
    batch: Int, channels: (input: Int, output: Int), size: (height: Int, width: Int), pad: Int = 1
  ) throws {
    var generator = SeededGenerator(seed: 1)
    let rows = roundUp(size.height, toMultipleOf: 4)
    let columns = roundUp(size.width, toMultipleOf: 4)
    let input = (height: size.height + 2 - 2 * pad, width: size.width + 2 - 2 * pad)
    var conv = WinogradWeightGradientDescriptor()
    conv.input = ImageLayout(
      batch: batch, channels: channels.input, height: input.height, width: input.width,
      channelBlock: 8
    ).with(border: (pad, pad, rows + 2 - pad - input.height, columns + 3 - pad - input.width))
    conv.gradient = ImageLayout(
      batch: batch, channels: channels.output, height: size.height, width: size.width,
      channelBlock: 8
    ).with(border: (1, 0, rows - size.height, columns + 1 - size.width))
    (conv.padTop, conv.padLeft) = (pad, pad)
    let images = Images.random(conv.input, &generator)
    let gradients = Images.random(conv.gradient, &generator)
    let expected = Images(batch: channels.output, channels: channels.input, height: 3, width: 3) {
      m, c, i, j -> BoundedValue in
      var (sum, magnitude) = (0.0, 0.0)
      for n in 0..<batch {
        for y in 0..<size.height {
          for x in 0..<size.width {
            let pixel = images.inside(n, c, y - pad + i, x - pad + j)
            sum += Double(pixel ?? 0) * Double(gradients[n, m, y, x])
            // A rounding in a tile is seen at all of its taps; inputs are at most 1.
            magnitude += abs(Double(gradients[n, m, y, x]))
          }
        }
      }
      return BoundedValue(value: sum, bound: 256 * BoundedValue.unitRoundoff * magnitude)
    }
    try KernelHarness.expectClose(
      conv,
      reading: [
        GuardedBuffer(images.placed(in: conv.input, filler: 0)),
        GuardedBuffer(gradients.placed(in: conv.gradient, filler: 0)),
      ], expected.elements)
  }

  @Test(arguments: [1, 8, 17], [1, 16, 17, 33])
  func channels(inputs: Int, outputs: Int) throws {
    try check(batch: 2, channels: (inputs, outputs), size: (5, 8))
  }

  @Test(arguments: [1, 4, 7, 9], [0, 1])
  func extents(extent: Int, pad: Int) throws {
    try check(batch: 1, channels: (9, 8), size: (extent, 13 - extent), pad: pad)
  }

  /// More tiles than a run has, and than a wave.
  @Test(arguments: [(68, 64), (68, 100)])
  func manyTiles(height: Int, width: Int) throws {
    try check(batch: 1, channels: (8, 8), size: (height, width))
  }
}
