import CPUKernels
import KernelInterface
import TestSupport
import Testing

/// Convolution by im2col against its definition in Float64.
struct ConvIm2colTests {
  private func check(
    batch: Int = 1, channels: (input: Int, output: Int), size: (height: Int, width: Int),
    window: SlidingWindow, groups: Int = 1, padAfter: Int, seed: UInt64
  ) throws {
    var generator = SeededGenerator(seed: seed)
    var conv = ConvIm2colDescriptor()
    conv.input = ImageLayout(
      batch: batch, channels: channels.input, height: size.height, width: size.width)
    let height =
      (size.height + window.padTop + padAfter - window.spanHeight) / window.strideHeight + 1
    let width = (size.width + window.padLeft + padAfter - window.spanWidth) / window.strideWidth + 1
    conv.output = ImageLayout(
      batch: batch, channels: channels.output, height: height, width: width)
    conv.window = window
    conv.groups = groups
    conv.activation = .relu

    let images = Images.random(conv.input, &generator)
    let weightCount = window.kernelHeight * window.kernelWidth * channels.input / groups
    let reference = ReferenceConv(
      window: window, groups: groups, activation: .relu,
      weights: randomFloats(channels.output * weightCount, &generator),
      bias: randomFloats(channels.output, &generator))
    try KernelHarness.expectClose(
      conv,
      reading: [
        GuardedBuffer(images.elements), GuardedBuffer(reference.weights),
        GuardedBuffer(reference.bias),
      ],
      reference.apply(to: images, height: height, width: width).elements)
  }

  @Test(arguments: [1, 3, 8, 17], [1, 5, 40])
  func channelsAndWidths(channels: Int, width: Int) throws {
    try check(
      channels: (channels, 9), size: (5, width), window: SlidingWindow(kernel: (3, 3), pad: (1, 1)),
      padAfter: 1, seed: 1)
  }

  /// More pixels than a tile has.
  @Test func severalTiles() throws {
    try check(
      batch: 2, channels: (2, 3), size: (40, 41),
      window: SlidingWindow(kernel: (3, 3), pad: (1, 1)),
      padAfter: 1, seed: 2)
  }

  /// A depth of more than one block.
  @Test(arguments: [29, 60])
  func severalBlocks(channels: Int) throws {
    try check(
      channels: (channels, 7), size: (17, 18), window: SlidingWindow(kernel: (3, 3), pad: (1, 1)),
      padAfter: 1, seed: 4)
  }

  /// Many small items at the same time share nothing.
  @Test func manyGroups() throws {
    try check(
      channels: (300, 300), size: (3, 4), window: SlidingWindow(kernel: (3, 3), pad: (1, 1)),
      groups: 300, padAfter: 1, seed: 5)
  }

  @Test(arguments: [2, 3, 6])
  func groups(count: Int) throws {
    try check(
      channels: (6, 12), size: (7, 6), window: SlidingWindow(kernel: (3, 3), pad: (1, 1)),
      groups: count, padAfter: 1, seed: 3)
  }

  @Test(arguments: 0..<20)
  func seededWindows(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(500 + seed))
    func pick(_ values: ClosedRange<Int>) -> Int { Int.random(in: values, using: &generator) }
    let window = SlidingWindow(
      kernel: (pick(1...4), pick(1...4)), stride: (pick(1...3), pick(1...3)),
      dilation: (pick(1...2), pick(1...2)), pad: (pick(0...3), pick(0...3)))
    try check(
      batch: pick(1...2), channels: (pick(1...5), pick(1...5)),
      size: (window.spanHeight + pick(0...5), window.spanWidth + pick(0...9)), window: window,
      padAfter: pick(0...3), seed: UInt64(seed))
  }
}
