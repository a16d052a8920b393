import CPUKernels
import KernelInterface
import Tensors
import TestSupport
import Testing

/// The Winograd convolution against its definition in Float64; with weights that are rounded, against the
/// algorithm on the rounded weights.
struct ConvWinogradTests {
  struct Case {
    var batch = 1
    var channels: (input: Int, output: Int)
    var size: (height: Int, width: Int)
    var shape: WinogradShape
    var schedule: ConvWinogradDescriptor.Schedule
    var tilesPerBlock = 7
    var pad = (top: 1, left: 1, bottom: 1, right: 1)
    var pools = false
    var activation = Activation.relu
    var hasEpilogue = false
    var addsResidual = false
    var weightType = WeightType.float32
    /// Border of the output, and what the input's border has beyond the tiles.
    var border = (top: 0, left: 0, bottom: 0, right: 0)

    func check(seed: UInt64) throws {
      var generator = SeededGenerator(seed: seed)
      let (rows, columns) = (shape.rows, shape.columns)
      let window = (rows.kernelExtent, columns.kernelExtent)
      let height = size.height + pad.top + pad.bottom - window.0 + 1
      let width = size.width + pad.left + pad.right - window.1 + 1
      let pooled = pools ? 2 : 1
      var conv = ConvWinogradDescriptor()
      conv.input = ImageLayout(
        batch: batch, channels: channels.input, height: size.height, width: size.width,
        channelBlock: 8
      ).with(
        border: (
          pad.top + border.top, pad.left + border.left,
          max(
            0,
            roundUp(height, toMultipleOf: rows.outputExtent) + window.0 - 1 - pad.top - size.height)
            + border.bottom,
          max(
            0,
            roundUp(width, toMultipleOf: columns.outputExtent) + window.1 - 1 - pad.left
              - size.width)
            + border.right
        ))
      conv.output = ImageLayout(
        batch: batch, channels: channels.output, height: height / pooled, width: width / pooled,
        channelBlock: 8
      ).with(border: border)
      (conv.padTop, conv.padLeft) = (pad.top, pad.left)
      (conv.convHeight, conv.convWidth) = (height, width)
      conv.shape = shape
      conv.schedule = schedule
      conv.tilesPerBlock = tilesPerBlock
      conv.weightType = weightType
      conv.activation = activation
      conv.poolsMax2x2 = pools

      let images = Images.random(conv.input, &generator)
      let reference = ReferenceConv(
        window: SlidingWindow(kernel: window, pad: (pad.top, pad.left)), groups: 1,
        activation: .identity,
        weights: randomFloats(channels.output * channels.input * shape.tapCount, &generator),
        bias: randomFloats(channels.output, &generator))
      let epilogue =
        hasEpilogue || addsResidual
        ? ReferenceEpilogue(conv.output, isResidualSum: addsResidual, &generator) : nil
      conv.epilogue = epilogue?.epilogue ?? conv.epilogue
      let packed = GuardedBuffer(byteCount: try conv.packedWeightsByteCount())
      try conv.packWeights(from: reference.weights, into: packed.base)
      #expect(packed.guardsAreIntact)
      let padding = [Float](
        repeating: 0, count: roundUp(channels.output, toMultipleOf: 8) - channels.output)

      let winograd = ReferenceWinograd(
        shape, weightType, weights: reference.weights, outputCount: channels.output)
      let exact =
        weightType == .float32
        ? reference.apply(to: images, height: height, width: width)
        : winograd.apply(
          to: images, bias: reference.bias, height: height, width: width,
          pad: (pad.top, pad.left))
      var results = WinogradErrorBound(shape).apply(
        to: exact, images: images, weights: reference.weights, bias: reference.bias,
        stored: winograd.filters, pad: (pad.top, pad.left))
      results.elements = results.elements.map { $0.mapped(activation.reference) }
      results = epilogue?.apply(to: results) ?? results
      try KernelHarness.expectClose(
        conv,
        reading: [
          GuardedBuffer(images.placed(in: conv.input, filler: 0)), packed,
          GuardedBuffer(reference.bias + padding),
        ] + (epilogue?.operands ?? []),
        (pools ? results.maxPooled2x2() : results).placed(in: conv.output, filler: .zero))
    }
  }

  /// Around the edges of tiles of every size.
  @Test(arguments: [1, 2, 5, 6, 7, 13, 14, 15, 28], WinogradTile.allCases)
  func extents(extent: Int, tile: WinogradTile) throws {
    for schedule in ConvWinogradDescriptor.Schedule.allCases {
      for pools in [false, true] {
        try Case(
          channels: (8, 8), size: (extent, extent + 1), shape: WinogradShape(tile),
          schedule: schedule,
          pools: pools, border: (1, 1, 1, 1)
        ).check(seed: 1)
      }
    }
  }

  @Test(arguments: [1, 3, 8, 16, 24], [1, 7, 8, 9, 16, 24, 40])
  func channelCounts(input: Int, output: Int) throws {
    for tile in WinogradTile.allCases {
      for schedule in ConvWinogradDescriptor.Schedule.allCases {
        try Case(
          channels: (input, output), size: (7, 9), shape: WinogradShape(tile), schedule: schedule,
          activation: Activation(.clamp, low: 0.25, high: 2), border: (1, 2, 3, 4)
        ).check(seed: 2)
      }
    }
  }

  /// Blocks that end within a row of tiles, tiles that reach past the image.
  @Test(arguments: [1, 7, 64], WinogradTile.allCases)
  func epilogues(tilesPerBlock: Int, tile: WinogradTile) throws {
    for schedule in ConvWinogradDescriptor.Schedule.allCases {
      for size in [(13, 20), (3, 1)] {
        try Case(
          batch: 2, channels: (9, 17), size: size, shape: WinogradShape(tile), schedule: schedule,
          tilesPerBlock: tilesPerBlock, hasEpilogue: true, border: (1, 0, 2, 1)
        ).check(seed: 9)
      }
    }
  }

  /// Residual sums in the output transform, and of an image that lies otherwise than the output after it; partial
  /// tiles and channel blocks.
  @Test(arguments: [1, 64], WinogradTile.allCases)
  func residualSums(tilesPerBlock: Int, tile: WinogradTile) throws {
    for schedule in ConvWinogradDescriptor.Schedule.allCases {
      for (size, seed) in [((13, 20), 15), ((12, 12), 16), ((12, 24), 17), ((3, 1), 18)] {
        try Case(
          batch: 2, channels: (9, 41), size: size, shape: WinogradShape(tile), schedule: schedule,
          tilesPerBlock: tilesPerBlock, activation: .identity, addsResidual: true,
          border: (1, 0, 2, 1)
        ).check(seed: UInt64(seed))
      }
    }
  }

  /// Blocks from one tile to more than there are, which makes register tiles of every size.
  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 11, 13, 64], WinogradTile.allCases)
  func blocksOfTiles(count: Int, tile: WinogradTile) throws {
    for schedule in ConvWinogradDescriptor.Schedule.allCases {
      for output in [17, 40] {
        try Case(
          batch: 2, channels: (9, output), size: (13, 20), shape: WinogradShape(tile),
          schedule: schedule,
          tilesPerBlock: count, pools: count % 2 == 0
        ).check(seed: 3)
      }
    }
  }

  @Test(arguments: WinogradTile.allCases, [0, 1, 2])
  func pads(tile: WinogradTile, pad: Int) throws {
    try Case(
      batch: 2, channels: (8, 8), size: (9, 11), shape: WinogradShape(tile), schedule: .fused,
      pad: (pad, 1, 2 - pad, pad), activation: .identity, border: (0, 1, 0, 0)
    ).check(seed: 4)
  }

  /// Weights in fewer bytes: several runs of channels, panels of both widths, schedules.
  @Test(arguments: [WeightType.float16, .bfloat16, .int8, .int24], WinogradTile.allCases)
  func weightTypes(type: WeightType, tile: WinogradTile) throws {
    for schedule in ConvWinogradDescriptor.Schedule.allCases {
      for channels in [(3, 9), (16, 16), (137, 24), (137, 48)] {
        try Case(
          channels: channels, size: (9, 13), shape: WinogradShape(tile), schedule: schedule,
          weightType: type,
          border: (1, 1, 1, 1)
        ).check(seed: 6)
      }
    }
  }

  /// Windows of one row, of one column, and larger ones: around the edges of tiles, on all ways through the
  /// output transform.
  @Test(arguments: WinogradShape.all)
  func windows(shape: WinogradShape) throws {
    let pad = (top: shape.rows.kernelExtent / 2, left: shape.columns.kernelExtent / 2)
    for (schedule, tilesPerBlock) in [
      (ConvWinogradDescriptor.Schedule.fused, 5), (.fused, 64), (.phased, 13),
    ] {
      var test = Case(
        batch: 2, channels: (9, 41), size: (16, 17), shape: shape, schedule: schedule,
        tilesPerBlock: tilesPerBlock, pad: (pad.top, pad.left, pad.top, pad.left),
        border: (1, 0, 2, 1))
      try test.check(seed: 19)
      test.pools = !shape.isOneDimensional
      try test.check(seed: 20)
      test.pools = false
      test.hasEpilogue = true
      try test.check(seed: 21)
      (test.hasEpilogue, test.addsResidual, test.activation) = (false, true, .identity)
      try test.check(seed: 22)
      (test.addsResidual, test.weightType) = (false, .int24)
      try test.check(seed: 23)
      test.size = (7, 3)
      try test.check(seed: 24)
    }
  }

  /// Packing a range gives the same bytes as packing all.
  @Test(arguments: WinogradTile.allCases, WeightType.allCases)
  func packsPanelsOneByOne(tile: WinogradTile, type: WeightType) throws {
    var generator = SeededGenerator(seed: 5)
    var conv = ConvWinogradDescriptor()
    (conv.shape, conv.weightType) = (WinogradShape(tile), type)
    (conv.input.channels, conv.input.channelBlock) = (9, 8)
    (conv.output.channels, conv.output.channelBlock) = (41, 8)
    let weights = randomFloats(41 * 9 * 9, &generator)
    let all = GuardedBuffer(byteCount: try conv.packedWeightsByteCount())
    try conv.packWeights(from: weights, into: all.base)
    var joined: [UInt8] = []
    for panel in 0..<conv.panelCount {
      let one = GuardedBuffer(
        byteCount: conv.packedByteOffset(ofPanel: panel + 1)
          - conv.packedByteOffset(ofPanel: panel))
      try conv.packWeights(from: weights, into: one.base, panels: panel..<panel + 1)
      #expect(one.guardsAreIntact)
      joined += one.bytes
    }
    #expect(joined == all.bytes)
  }

  @Test func aTransformedWeightBeyondTheRangeIsNamed() throws {
    var conv = ConvWinogradDescriptor()
    (conv.shape, conv.weightType) = (WinogradShape(.two), .float16)
    (conv.input.channels, conv.input.channelBlock) = (1, 8)
    (conv.output.channels, conv.output.channelBlock) = (10, 8)
    var weights = [Float](repeating: 1, count: 90)
    weights[81] = 1e6
    let packed = GuardedBuffer(byteCount: try conv.packedWeightsByteCount())
    let error = #expect(throws: TesseraError.self) {
      try conv.packWeights(from: weights, into: packed.base)
    }
    #expect(
      error?.description == "transformed weight 1000000.0 of output 9 is beyond float16's range")
  }
}
