import CPUKernels
import KernelInterface
import TestSupport
import Testing

/// The direct convolution against its definition in Float64.
struct ConvDirectTests {
  struct Case: CustomTestStringConvertible {
    var batch = 1
    var channels: (input: Int, output: Int)
    var size: (height: Int, width: Int)
    var window: SlidingWindow
    var groups = 1
    var inputBlock = 8
    var pools = false
    var activation = Activation.relu
    var hasEpilogue = false
    var addsResidual = false
    /// Border of the output, and what the input's border has beyond the pads.
    var border = (top: 0, left: 0, bottom: 0, right: 0)

    var testDescription: String {
      """
      \(batch)x\(channels.input)x\(size.height)x\(size.width) in blocks of \(inputBlock) to \
      \(channels.output), \(window), groups \(groups), pools \(pools)
      """
    }

    var convHeight: Int {
      (size.height + 2 * window.padTop - window.spanHeight) / window.strideHeight + 1
    }
    var convWidth: Int {
      (size.width + 2 * window.padLeft - window.spanWidth) / window.strideWidth + 1
    }

    func check(seed: UInt64) throws {
      var generator = SeededGenerator(seed: seed)
      var conv = ConvDirectDescriptor()
      conv.input = ImageLayout(
        batch: batch, channels: channels.input, height: size.height, width: size.width,
        channelBlock: inputBlock
      ).with(
        border: (
          window.padTop + border.top, window.padLeft + border.left,
          window.padTop + border.bottom, window.padLeft + border.right
        ))
      let pooled = pools ? 2 : 1
      conv.output = ImageLayout(
        batch: batch, channels: channels.output, height: convHeight / pooled,
        width: convWidth / pooled, channelBlock: 8
      ).with(border: border)
      conv.window = window
      conv.groups = groups
      (conv.convHeight, conv.convWidth) = (convHeight, convWidth)
      conv.activation = activation
      conv.poolsMax2x2 = pools

      let images = Images.random(conv.input, &generator)
      let weightCount = window.kernelHeight * window.kernelWidth * channels.input / groups
      let reference = ReferenceConv(
        window: window, groups: groups, activation: activation,
        weights: randomFloats(channels.output * weightCount, &generator),
        bias: randomFloats(channels.output, &generator))
      let packed = GuardedBuffer(byteCount: try conv.packedWeightsByteCount())
      try conv.packWeights(from: reference.weights, into: packed.base)
      #expect(packed.guardsAreIntact)
      let epilogue =
        hasEpilogue || addsResidual
        ? ReferenceEpilogue(conv.output, isResidualSum: addsResidual, &generator) : nil
      conv.epilogue = epilogue?.epilogue ?? conv.epilogue
      let padding = [Float](
        repeating: 0, count: roundUp(channels.output, toMultipleOf: 8) - channels.output)

      let convolved = reference.apply(to: images, height: convHeight, width: convWidth)
      let results = epilogue?.apply(to: convolved) ?? convolved
      try KernelHarness.expectClose(
        conv,
        reading: [
          GuardedBuffer(images.placed(in: conv.input, filler: 0)), packed,
          GuardedBuffer(reference.bias + padding),
        ] + (epilogue?.operands ?? []),
        (pools ? results.maxPooled2x2() : results).placed(in: conv.output, filler: .zero))
    }
  }

  static let window3x3 = SlidingWindow(kernel: (3, 3), pad: (1, 1))

  /// Every width of a register tile, and one more than the widest.
  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 13], [1, 8])
  func tileWidths(width: Int, inputBlock: Int) throws {
    try Case(
      channels: (9, 17), size: (3, width), window: Self.window3x3, inputBlock: inputBlock
    ).check(seed: 1)
  }

  @Test(arguments: [1, 3, 7, 8, 9, 16, 17], [1, 7, 8, 9, 16, 17, 24, 25])
  func channelCounts(input: Int, output: Int) throws {
    try Case(channels: (input, output), size: (4, 7), window: Self.window3x3).check(seed: 2)
  }

  /// More input channels than one pass takes, more rows than one band has.
  @Test(arguments: [false, true])
  func severalPassesAndBands(pools: Bool) throws {
    try Case(
      batch: 2, channels: (232, 40), size: (31, 21), window: Self.window3x3, pools: pools,
      border: (1, 1, 1, 1)
    ).check(seed: 3)
  }

  /// Two panels at a time, alone and beside a third, a narrow one and in groups; every width of such a tile.
  @Test(arguments: [(8, 32, 1), (16, 40, 1), (40, 56, 1), (16, 96, 2)], [1, 4, 7, 11, 12, 13, 25])
  func pairsOfPanels(channels: (input: Int, output: Int, groups: Int), width: Int) throws {
    for stride in 1...3 {
      try Case(
        channels: (channels.input, channels.output), size: (3, width),
        window: SlidingWindow(kernel: (3, 3), stride: (1, stride), pad: (1, 1)),
        groups: channels.groups, hasEpilogue: stride == 2, border: (1, 0, 0, 1)
      ).check(seed: 9)
    }
    try Case(
      channels: (channels.input, channels.output), size: (6, 2 * width), window: Self.window3x3,
      groups: channels.groups, pools: true
    ).check(seed: 10)
  }

  /// Rows that follow each other are computed as one; several passes, bands and items.
  @Test(arguments: [(7, 7), (3, 50), (120, 2), (1, 1)], [false, true])
  func windowsOfOnePixel(size: (height: Int, width: Int), hasBorder: Bool) throws {
    for (input, output) in [(8, 33), (1100, 72), (16, 512)] {
      try Case(
        batch: 2, channels: (input, output), size: size, window: SlidingWindow(kernel: (1, 1)),
        hasEpilogue: output == 72, border: hasBorder ? (1, 1, 0, 1) : (0, 0, 0, 0)
      ).check(seed: 11)
    }
  }

  @Test func bordersOfTheOutputAreZero() throws {
    try Case(
      batch: 2, channels: (8, 12), size: (5, 6), window: Self.window3x3,
      activation: Activation(.clamp, low: 0.25, high: 0.75), border: (1, 2, 3, 4)
    ).check(seed: 4)
  }

  @Test(arguments: [2, 3], [1, 8])
  func groups(count: Int, inputBlock: Int) throws {
    let perGroup = inputBlock == 1 ? 3 : 8
    try Case(
      channels: (perGroup * count, 24 * count), size: (5, 7), window: Self.window3x3,
      groups: count, inputBlock: inputBlock
    ).check(seed: 5)
  }

  /// A residual sum in the register tiles: one pixel after the other and rows that follow each other, several passes,
  /// partial blocks, pairs of panels; before or after another activation.
  @Test(arguments: [(8, 8), (1100, 33), (64, 72)], [1, 3])
  func residualSums(channels: (input: Int, output: Int), kernel: Int) throws {
    for (hasBorder, activation) in [(false, Activation.identity), (true, .identity), (true, .relu)]
    {
      try Case(
        batch: 2, channels: channels, size: (9, 13),
        window: SlidingWindow(kernel: (kernel, kernel), pad: (kernel / 2, kernel / 2)),
        activation: activation, addsResidual: true,
        border: hasBorder ? (1, 0, 2, 1) : (0, 0, 0, 0)
      ).check(seed: 12)
    }
  }

  /// Windows of one column, whose rows are one loop.
  @Test(arguments: [(7, 1), (1, 7), (3, 1)])
  func lineWindows(kernel: (height: Int, width: Int)) throws {
    for dilation in 1...2 {
      try Case(
        channels: (24, 40), size: (15, 14),
        window: SlidingWindow(kernel: kernel, dilation: (dilation, dilation), pad: (1, 1))
      ).check(seed: 13)
    }
  }

  /// One and two vectors a panel, partial blocks, several passes and bands, groups.
  @Test(arguments: [(8, 8, 1), (232, 17, 1), (16, 48, 2)])
  func epilogues(input: Int, output: Int, groups: Int) throws {
    for size in [(31, 21), (1, 1)] {
      try Case(
        batch: 2, channels: (input, output), size: size, window: Self.window3x3, groups: groups,
        hasEpilogue: true, border: (1, 0, 2, 1)
      ).check(seed: 8)
    }
  }

  @Test(arguments: 0..<60)
  func seededShapes(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(1000 + seed))
    func pick(_ values: [Int]) -> Int { values.randomElement(using: &generator) ?? 1 }
    let window = SlidingWindow(
      kernel: (pick([1, 2, 3, 5]), pick([1, 2, 3, 5])),
      stride: (pick([1, 2, 3]), pick([1, 2, 3])),
      dilation: (pick([1, 1, 2]), pick([1, 1, 2])), pad: (pick([0, 1, 2]), pick([0, 1, 2])))
    try Case(
      batch: pick([1, 1, 2]), channels: (pick([1, 3, 8, 9, 17]), pick([1, 7, 8, 9, 16, 17])),
      size: (window.spanHeight + pick([0, 1, 4, 9]), window.spanWidth + pick([0, 4, 5, 6, 12])),
      window: window, inputBlock: pick([1, 8]), pools: pick([0, 1]) == 1,
      activation: [.identity, .relu, Activation(.clamp, low: -0.5, high: 0.5)][pick([0, 1, 2])],
      border: (pick([0, 1]), pick([0, 1]), pick([0, 2]), pick([0, 2]))
    ).check(seed: UInt64(seed))
  }

  /// Packing a range gives the same bytes as packing all.
  @Test func packsPanelsOneByOne() throws {
    var generator = SeededGenerator(seed: 6)
    var conv = ConvDirectDescriptor()
    conv.input.channels = 9
    conv.input.channelBlock = 8
    conv.output.channels = 41
    conv.output.channelBlock = 8
    conv.window = SlidingWindow(kernel: (3, 2))
    let weights = randomFloats(41 * 9 * 6, &generator)
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
