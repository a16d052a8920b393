import CPUKernels
import KernelInterface
import TestSupport
import Testing

/// The depthwise convolution against its definition in Float64.
struct ConvDepthwiseTests {
  struct Case: CustomTestStringConvertible {
    var batch = 1
    var channels: Int
    var size: (height: Int, width: Int)
    var window = SlidingWindow(kernel: (3, 3), pad: (1, 1))
    var activation = Activation.relu
    var hasEpilogue = false
    /// Border of the output, and what the input's border has beyond the pads.
    var border = (top: 0, left: 0, bottom: 0, right: 0)

    var testDescription: String {
      "\(batch)x\(channels)x\(size.height)x\(size.width), \(window)"
    }

    func check(seed: UInt64) throws {
      var generator = SeededGenerator(seed: seed)
      var conv = ConvDepthwiseDescriptor()
      conv.input = ImageLayout(
        batch: batch, channels: channels, height: size.height, width: size.width, channelBlock: 8
      ).with(
        border: (
          window.padTop + border.top, window.padLeft + border.left,
          window.padTop + border.bottom, window.padLeft + border.right
        ))
      let height = (size.height + 2 * window.padTop - window.spanHeight) / window.strideHeight + 1
      let width = (size.width + 2 * window.padLeft - window.spanWidth) / window.strideWidth + 1
      conv.output = ImageLayout(
        batch: batch, channels: channels, height: height, width: width, channelBlock: 8
      ).with(border: border)
      conv.window = window
      conv.activation = activation

      let images = Images.random(conv.input, &generator)
      let reference = ReferenceConv(
        window: window, groups: channels, activation: activation,
        weights: randomFloats(channels * conv.tapCount, &generator),
        bias: randomFloats(channels, &generator))
      let packed = GuardedBuffer(byteCount: try conv.packedWeightsByteCount())
      try conv.packWeights(from: reference.weights, into: packed.base)
      #expect(packed.guardsAreIntact)
      let epilogue = hasEpilogue ? ReferenceEpilogue(conv.output, &generator) : nil
      conv.epilogue = epilogue?.epilogue ?? conv.epilogue
      let results = reference.apply(to: images, height: height, width: width)
      let padding = [Float](repeating: 0, count: roundUp(channels, toMultipleOf: 8) - channels)
      try KernelHarness.expectClose(
        conv,
        reading: [
          GuardedBuffer(images.placed(in: conv.input, filler: 0)), packed,
          GuardedBuffer(reference.bias + padding),
        ] + (epilogue?.operands ?? []),
        (epilogue?.apply(to: results) ?? results).placed(in: conv.output, filler: .zero))
    }
  }

  /// Every width and height of a register tile, and more than the largest.
  @Test(arguments: 1...19, [3, 4, 5])
  func tileSizes(width: Int, kernel: Int) throws {
    for (height, stride) in [(1, 1), (2, 1), (5, 1), (3, 2), (7, 2)] {
      let window = SlidingWindow(
        kernel: (kernel, kernel), stride: (stride, stride), pad: (kernel / 2, kernel / 2))
      try Case(channels: 9, size: (height, width), window: window).check(seed: 1)
    }
  }

  /// Items of one plane and of several.
  @Test(arguments: [1, 5, 7, 14, 31])
  func smallPlanes(size: Int) throws {
    try Case(batch: 2, channels: 81, size: (size, size), border: (1, 1, 1, 1)).check(seed: 4)
  }

  @Test(arguments: [1, 3, 7, 8, 9, 16, 17])
  func channelCounts(channels: Int) throws {
    try Case(batch: 2, channels: channels, size: (4, 7)).check(seed: 2)
  }

  /// More rows than one band has.
  @Test func severalBands() throws {
    try Case(batch: 2, channels: 12, size: (70, 41), border: (1, 2, 3, 4)).check(seed: 3)
  }

  /// Partial blocks, several bands, one column.
  @Test(arguments: [(9, 70, 41), (16, 3, 1), (3, 1, 7)])
  func epilogues(channels: Int, height: Int, width: Int) throws {
    try Case(
      batch: 2, channels: channels, size: (height, width), hasEpilogue: true,
      border: (1, 0, 2, 1)
    ).check(seed: 7)
  }

  @Test(arguments: 0..<40)
  func seededShapes(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(2000 + seed))
    func pick(_ values: [Int]) -> Int { values.randomElement(using: &generator) ?? 1 }
    let window = SlidingWindow(
      kernel: (pick([1, 2, 3, 5, 7]), pick([1, 2, 3, 5, 7])),
      stride: (pick([1, 2, 3]), pick([1, 2, 3])),
      dilation: (pick([1, 1, 2]), pick([1, 1, 2])), pad: (pick([0, 1, 2]), pick([0, 1, 2])))
    try Case(
      batch: pick([1, 1, 2]), channels: pick([1, 3, 8, 9, 17]),
      size: (window.spanHeight + pick([0, 1, 4, 9]), window.spanWidth + pick([0, 4, 7, 8, 16])),
      window: window,
      activation: [.identity, .relu, Activation(.clamp, low: -0.5, high: 0.5)][pick([0, 1, 2])],
      border: (pick([0, 1]), pick([0, 1]), pick([0, 2]), pick([0, 2]))
    ).check(seed: UInt64(seed))
  }

  /// Packing a range gives the same bytes as packing all.
  @Test func packsPanelsOneByOne() throws {
    var generator = SeededGenerator(seed: 6)
    var conv = ConvDepthwiseDescriptor()
    conv.input.channels = 41
    conv.output.channels = 41
    (conv.input.channelBlock, conv.output.channelBlock) = (8, 8)
    conv.window = SlidingWindow(kernel: (3, 2))
    let weights = randomFloats(41 * 6, &generator)
    let all = GuardedBuffer(byteCount: try conv.packedWeightsByteCount())
    try conv.packWeights(from: weights, into: all.base)
    var joined: [Float] = []
    for panel in 0..<conv.panelCount {
      let end = conv.packedByteOffset(ofPanel: panel + 1)
      let one = GuardedBuffer(byteCount: end - conv.packedByteOffset(ofPanel: panel))
      try conv.packWeights(from: weights, into: one.base, panels: panel..<panel + 1)
      #expect(one.guardsAreIntact)
      joined += one.floats
    }
    #expect(joined == all.floats)
  }
}
