import CPUKernels
import KernelInterface
import Platform
import Testing
import TestSupport

struct LRNTests {
  @Test(arguments: [1, 8], [(1, 5), (9, 5), (17, 4), (6, 1), (3, 50)])
  func normalizesOverNeighbours(block: Int, shape: (channels: Int, size: Int)) throws {
    for beta: Float in [0.75, 0.6] {
      try check(block: block, channels: shape.channels, size: shape.size, beta: beta)
    }
  }

  private func check(block: Int, channels: Int, size: Int, beta: Float) throws {
    var generator = SeededGenerator(seed: 1)
    var norm = LRNDescriptor()
    norm.input = ImageLayout(
      batch: 2, channels: channels, height: 4, width: 5, channelBlock: block)
    norm.output = norm.input.with(border: (1, 1, 0, 1))
    (norm.size, norm.alpha, norm.beta, norm.bias) = (size, 0.5, beta, 2)
    let images = Images.random(norm.input, &generator)
    let expected = Images(batch: 2, channels: channels, height: 4, width: 5) { n, c, y, x in
      let window = max(0, c - (size - 1) / 2)...min(channels - 1, c + size / 2)
      let sum = window.map { Double(images[n, $0, y, x]) * Double(images[n, $0, y, x]) }
        .reduce(0, +)
      let value =
        Double(images[n, c, y, x]) * pow(2 + 0.5 / Double(size) * sum, -Double(beta))
      // All terms of the base are positive: its relative error is at most (terms + 3) roundings, and
      // the power, the root and the products add a few.
      let roundings = Double(window.count + 12)
      return BoundedValue(
        value: value, bound: roundings * BoundedValue.unitRoundoff * abs(value))
    }
    try KernelHarness.expectClose(
      norm, reading: [GuardedBuffer(images.placed(in: norm.input, filler: 0))],
      expected.placed(in: norm.output, filler: .zero))
  }
}
