import CPUKernels
import KernelInterface
import TestSupport
import Testing

/// Gradients of weights against their definition in Float64, with the same bits for any number of threads.
struct ConvWeightGradientTests {
  private func check(
    batch: Int = 1, channels: (input: Int, output: Int), size: (height: Int, width: Int),
    window: SlidingWindow, groups: Int = 1, seed: UInt64
  ) throws {
    var generator = SeededGenerator(seed: seed)
    var conv = ConvWeightGradientDescriptor()
    conv.gradient = ImageLayout(
      batch: batch, channels: channels.output, height: size.height, width: size.width,
      channelBlock: 8
    ).with(border: (1, 0, 2, 1))
    conv.input = ImageLayout(
      batch: batch, channels: channels.input,
      height: (size.height - 1) * window.strideHeight + window.spanHeight - 2 * window.padTop,
      width: (size.width - 1) * window.strideWidth + window.spanWidth - 2 * window.padLeft,
      channelBlock: 8
    ).with(
      border: (window.padTop + 1, window.padLeft, window.padTop, window.padLeft + 2))
    (conv.window, conv.groups) = (window, groups)
    let images = Images.random(conv.input, &generator)
    let gradients = Images.random(conv.gradient, &generator)
    let groupInputs = channels.input / groups
    let groupOutputs = channels.output / groups
    let expected = Images(
      batch: channels.output, channels: groupInputs, height: window.kernelHeight,
      width: window.kernelWidth
    ) { m, c, i, j -> BoundedValue in
      var (sum, magnitude) = (0.0, 0.0)
      for n in 0..<batch {
        for y in 0..<size.height {
          for x in 0..<size.width {
            let pixel = images.inside(
              n, m / groupOutputs * groupInputs + c,
              y * window.strideHeight - window.padTop + i * window.dilationHeight,
              x * window.strideWidth - window.padLeft + j * window.dilationWidth)
            let product = Double(pixel ?? 0) * Double(gradients[n, m, y, x])
            sum += product
            magnitude += abs(product)
          }
        }
      }
      return .sum(sum, ofMagnitudes: magnitude, termCount: batch * size.height * size.width)
    }
    try KernelHarness.expectClose(
      conv,
      reading: [
        GuardedBuffer(images.placed(in: conv.input, filler: 0)),
        GuardedBuffer(gradients.placed(in: conv.gradient, filler: 0)),
      ], expected.elements)
  }

  @Test(arguments: [1, 8, 9, 17, 70], [1, 16, 17, 33])
  func channels(inputs: Int, outputs: Int) throws {
    try check(
      batch: 2, channels: (inputs, outputs), size: (4, 5),
      window: SlidingWindow(kernel: (3, 3), pad: (1, 1)), seed: 1)
  }

  /// Several bands and pieces, and rows that are longer than a band.
  @Test(arguments: [(40, 30), (3, 300), (100, 3)])
  func sizes(height: Int, width: Int) throws {
    try check(
      batch: 2, channels: (9, 8), size: (height, width),
      window: SlidingWindow(kernel: (3, 3), pad: (1, 1)), seed: 2)
  }

  @Test(arguments: [2, 3, 6])
  func groups(count: Int) throws {
    try check(
      channels: (18, 12), size: (7, 6), window: SlidingWindow(kernel: (3, 3), pad: (1, 1)),
      groups: count, seed: 3)
  }

  @Test(arguments: [7, 40])
  func depthwise(channels: Int) throws {
    try check(
      channels: (channels, channels), size: (7, 6),
      window: SlidingWindow(kernel: (3, 3), pad: (1, 1)), groups: channels, seed: 4)
  }

  @Test(arguments: 0..<10)
  func seededWindows(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(700 + seed))
    func pick(_ values: ClosedRange<Int>) -> Int { Int.random(in: values, using: &generator) }
    try check(
      batch: pick(1...2), channels: (pick(1...20), pick(1...20)), size: (pick(1...9), pick(1...9)),
      window: SlidingWindow(
        kernel: (pick(1...4), pick(1...4)), stride: (pick(1...3), pick(1...3)),
        dilation: (pick(1...2), pick(1...2))), seed: UInt64(seed))
  }

  /// Without an image the sum is of nothing.
  @Test func noImages() throws {
    var conv = ConvWeightGradientDescriptor()
    conv.input = ImageLayout(batch: 0, channels: 9, height: 5, width: 5, channelBlock: 8)
    conv.gradient = ImageLayout(batch: 0, channels: 7, height: 3, width: 3, channelBlock: 8)
    conv.window = SlidingWindow(kernel: (3, 3))
    try KernelHarness.runEverywhere(
      conv, reading: [GuardedBuffer(byteCount: 0), GuardedBuffer(byteCount: 0)]
    ) { output, _ in
      #expect(output.floats == Array(repeating: 0, count: 7 * 9 * 9))
    }
  }
}
