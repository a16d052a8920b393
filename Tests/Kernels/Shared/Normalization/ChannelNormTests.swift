import CPUKernels
import KernelInterface
import TestSupport
import Testing

/// Layer normalisation over channels against its definition in Float64.
struct ChannelNormTests {
  private func check(
    batch: Int = 1, channels: Int, height: Int, width: Int, offset: Float = 0,
    border: (top: Int, left: Int, bottom: Int, right: Int) = (0, 0, 0, 0)
  ) throws {
    var generator = SeededGenerator(seed: 1)
    var norm = ChannelNormDescriptor()
    norm.input = ImageLayout(
      batch: batch, channels: channels, height: height, width: width, channelBlock: 8
    ).with(border: (1, 0, 0, 2))
    norm.output = norm.input.with(border: border)
    norm.epsilon = 0.01
    var images = Images.random(norm.input, &generator)
    for index in images.elements.indices { images.elements[index] += offset }
    let scale = randomFloats(channels, &generator)
    let bias = randomFloats(channels, &generator)
    let expected = Images<BoundedValue>(
      batch: batch, channels: channels, height: height, width: width
    ) { n, c, y, x in
      let pixel = (0..<channels).map { Double(images[n, $0, y, x]) }
      let mean = pixel.reduce(0, +) / Double(channels)
      let variance =
        pixel.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(channels)
      let factor = Double(scale[c]) / (variance + Double(norm.epsilon)).squareRoot()
      let value = (pixel[c] - mean) * factor + Double(bias[c])
      // Roundings of the mean, the difference, the factors, their products and the sum.
      let magnitude = (abs(pixel[c]) + abs(mean)) * abs(factor) + abs(Double(bias[c]))
      return BoundedValue(value: value, bound: 6 * BoundedValue.unitRoundoff * magnitude)
    }
    let padding = [Float](repeating: 0, count: roundUp(channels, toMultipleOf: 8) - channels)
    try KernelHarness.expectClose(
      norm,
      reading: [
        GuardedBuffer(images.placed(in: norm.input, filler: 1000)), GuardedBuffer(scale + padding),
        GuardedBuffer(bias + padding),
      ], expected.placed(in: norm.output, filler: .zero))
  }

  /// Fewer pixels than are computed at once, as many, and more.
  @Test(arguments: 1...9, [1, 7, 8, 9, 24])
  func widths(width: Int, channels: Int) throws {
    try check(batch: 2, channels: channels, height: 3, width: width, border: (1, 0, 2, 1))
  }

  /// Rows of several items.
  @Test func severalSpans() throws {
    try check(channels: 700, height: 2, width: 53, border: (1, 1, 1, 1))
  }

  /// A mean that is large beside the deviations.
  @Test func largeMean() throws {
    try check(channels: 19, height: 2, width: 6, offset: 1000)
  }
}
