import CPUKernels
import KernelInterface
import Tensors
import TestSupport
import Testing

/// A direct and a Winograd convolution by bands give the bits that they give one after the other.
struct WinogradBandsTests {
  struct Case {
    var batch = 1
    var channels = (input: 3, between: 16, output: 17)
    var size: (height: Int, width: Int)
    var first = SlidingWindow(kernel: (3, 3), pad: (1, 1))
    var shape = WinogradShape(.six)
    var pad = (rows: 1, columns: 1)
    var tilesPerBlock = 24
    var pools = false
    var hasEpilogue = false
    /// Beyond what the tiles read, of the images between, and of the output.
    var border = (top: 0, left: 0, bottom: 0, right: 0)

    private func layout(_ channels: Int, _ size: (height: Int, width: Int)) -> ImageLayout {
      ImageLayout(
        batch: batch, channels: channels, height: size.height, width: size.width,
        channelBlock: channels < 8 ? 1 : 8)
    }

    /// Rows or columns that the tiles read behind the image.
    private func overhang(_ axis: WinogradAxis, results: Int, pad: Int, extent: Int) -> Int {
      max(
        0,
        roundUp(results, toMultipleOf: axis.outputExtent) + axis.kernelExtent - 1 - pad - extent)
    }

    var producer: ConvDirectDescriptor {
      let (rows, columns) = (shape.rows, shape.columns)
      var conv = ConvDirectDescriptor()
      conv.input = layout(channels.input, size)
        .with(border: (first.padTop, first.padLeft, first.padTop, first.padLeft))
      conv.window = first
      conv.convHeight = (size.height + 2 * first.padTop - first.spanHeight) / first.strideHeight + 1
      conv.convWidth = (size.width + 2 * first.padLeft - first.spanWidth) / first.strideWidth + 1
      let results = convSize(conv)
      conv.output = layout(channels.between, (conv.convHeight, conv.convWidth)).with(
        border: (
          pad.rows + border.top, pad.columns + border.left,
          overhang(rows, results: results.height, pad: pad.rows, extent: conv.convHeight)
            + border.bottom,
          overhang(columns, results: results.width, pad: pad.columns, extent: conv.convWidth)
            + border.right
        ))
      conv.activation = Activation(.clamp, low: -1, high: 2)
      return conv
    }

    private func convSize(_ producer: ConvDirectDescriptor) -> (height: Int, width: Int) {
      (
        producer.convHeight + 2 * pad.rows - shape.rows.kernelExtent + 1,
        producer.convWidth + 2 * pad.columns - shape.columns.kernelExtent + 1
      )
    }

    var consumer: ConvWinogradDescriptor {
      let producer = producer
      let (height, width) = convSize(producer)
      var conv = ConvWinogradDescriptor()
      conv.input = producer.output
      conv.output = layout(channels.output, pools ? (height / 2, width / 2) : (height, width))
        .with(border: border)
      (conv.padTop, conv.padLeft) = pad
      (conv.convHeight, conv.convWidth) = (height, width)
      conv.shape = shape
      conv.tilesPerBlock = tilesPerBlock
      conv.activation = .relu
      conv.poolsMax2x2 = pools
      return conv
    }

    func check(seed: UInt64) throws {
      var generator = SeededGenerator(seed: seed)
      let producer = producer
      var consumer = consumer
      let epilogue = hasEpilogue ? ReferenceEpilogue(consumer.output, &generator) : nil
      consumer.epilogue = epilogue?.epilogue ?? consumer.epilogue

      let input = GuardedBuffer(
        Images.random(producer.input, &generator).placed(in: producer.input, filler: 0))
      let firstWeights = GuardedBuffer(byteCount: try producer.packedWeightsByteCount())
      try producer.packWeights(
        from: randomFloats(
          channels.between * channels.input * first.kernelHeight * first.kernelWidth, &generator),
        into: firstWeights.base)
      let secondWeights = GuardedBuffer(byteCount: try consumer.packedWeightsByteCount())
      try consumer.packWeights(
        from: randomFloats(channels.output * channels.between * shape.tapCount, &generator),
        into: secondWeights.base)
      let firstBias = GuardedBuffer(randomFloats(channels.between, &generator))
      let padding = [Float](
        repeating: 0, count: roundUp(channels.output, toMultipleOf: 8) - channels.output)
      let secondBias = GuardedBuffer(randomFloats(channels.output, &generator) + padding)
      let operands = epilogue?.operands ?? []

      try #require(WinogradBandsDescriptor(producer, consumer)).expectBits(
        of: consumer,
        reading: [input, firstWeights, firstBias, secondWeights, secondBias] + operands)
    }
  }

  /// One row of tiles, several of a band, bands that do not divide them; items of one band and of two.
  @Test(arguments: [1, 6, 7, 31, 50])
  func heights(height: Int) throws {
    for tilesPerBlock in [1, 4, 13, 54] {
      try Case(batch: 2, size: (height, 30), tilesPerBlock: tilesPerBlock).check(seed: 1)
    }
  }

  @Test(arguments: [
    WinogradShape(.two), WinogradShape(.four),
    WinogradShape(.six, kernelHeight: 5, kernelWidth: 5),
    WinogradShape(.six, kernelHeight: 1, kernelWidth: 7),
    WinogradShape(.six, kernelHeight: 7, kernelWidth: 1),
  ])
  func shapes(shape: WinogradShape?) throws {
    let shape = try #require(shape)
    let pad = (shape.rows.kernelExtent / 2, shape.columns.kernelExtent / 2)
    try Case(
      size: (27, 22), shape: shape, pad: pad, hasEpilogue: true, border: (1, 2, 3, 1)
    ).check(seed: 2)
  }

  @Test(arguments: [8, 24, 48])
  func channelCounts(between: Int) throws {
    try Case(channels: (3, between, 33), size: (25, 25), pools: true, border: (1, 1, 2, 2))
      .check(seed: 3)
    try Case(
      channels: (9, between, 8), size: (26, 40),
      first: SlidingWindow(kernel: (1, 1), stride: (2, 2)), pad: (0, 0)
    ).check(seed: 4)
  }

  @Test func blocksAreWholePartsOfRowsOfTiles() throws {
    for (tilesPerBlock, expected) in [(36, 19), (18, 13), (12, 10), (5, 5)] {
      let bands = try Self.bands {
        $0.size = (224, 224)
        $0.tilesPerBlock = tilesPerBlock
      }
      #expect(bands.consumer.tilesPerBlock == expected)
    }
  }

  @Test func refusesWhatItCannotDo() throws {
    #expect(throws: TesseraError.self) {
      try Self.bands { $0.channels.between = 12 }.requirements()
    }
    let error = #expect(throws: TesseraError.self) {
      try Self.bands {
        $0.size = (30, 3000)
        $0.tilesPerBlock = 500
      }.requirements()
    }
    #expect("\(error, default: "")".contains("more than 524288 bytes"))
    var phased = Case(size: (24, 24)).consumer
    phased.schedule = .phased
    let bands = try #require(WinogradBandsDescriptor(Case(size: (24, 24)).producer, phased))
    #expect(throws: TesseraError.self) { try bands.requirements() }
  }

  private static func bands(_ change: (inout Case) -> Void) throws -> WinogradBandsDescriptor {
    var values = Case(size: (24, 24))
    change(&values)
    return try #require(WinogradBandsDescriptor(values.producer, values.consumer))
  }
}
