import KernelInterface
import KernelVectors

/// Direct convolution; the contract is `ConvDirectDescriptor`'s, the packing of the weights
/// `packWeights`', the split into items and passes `ConvDirectTiling`'s.
///
/// Results are summed pass by pass: the products of one pass from zero, then the bias (first pass) or
/// the sum so far. Sums so far lie in the output, or, where pooling follows, in the workspace.
struct ConvDirect {
  private let conv: ConvDirectDescriptor
  private let tiling: ConvDirectTiling
  private let panels: OutputPanels
  private let bounds: ActivationBounds
  private let input: UnsafePointer<Float>
  private let weights: UnsafeRawPointer
  private let bias: UnsafePointer<Float>
  private let output: UnsafeMutablePointer<Float>
  private let residual: EpilogueSum?
  private let epilogue: EpilogueCall?

  static let kernel = Kernel(ConvDirectDescriptor.self) { conv, operands in
    let call = ConvDirect(conv, operands)
    return [
      WorkPhase(itemCount: call.itemCount) {
        call.compute(item: $0, workspace: $1)
      }
    ]
  }

  init(_ conv: ConvDirectDescriptor, _ operands: [UnsafeMutableRawPointer]) {
    self.conv = conv
    tiling = ConvDirectTiling(conv)
    panels = conv.outputPanelsOfGroup
    residual =
      conv.activation.kind == .identity
      ? EpilogueSum(conv.epilogue, operands: operands) : nil
    bounds = residual?.bounds ?? ActivationBounds(conv.activation)
    input = operands.constantFloats(0)
    weights = UnsafeRawPointer(operands[1])
    bias = operands.constantFloats(2)
    output = operands.floats(3)
    epilogue =
      residual == nil
      ? EpilogueCall(conv.epilogue, layout: conv.output, output: output, operands: operands) : nil
  }

  private var itemCount: Int {
    conv.output.isEmpty ? 0 : conv.output.batch * tiling.bandCount * tiling.items.partCount
  }

  private func compute(item: Int, workspace: UnsafeMutableRawPointer) {
    let (slot, part) = item.quotientAndRemainder(dividingBy: tiling.items.partCount)
    let (image, band) = slot.quotientAndRemainder(dividingBy: tiling.bandCount)
    let pairs = tiling.items[part]
    for pair in pairs {
      forEachPart(ofPair: pair, upcoming: packedWeights(ofPair: pair + 1)) {
        compute(
          image: image, band: band, group: $0, panels: $1, upcoming: $2, workspace: workspace)
      }
    }
  }

  /// Calls `body` with the group of a pair, the panels that are computed at a time, and the weights that
  /// come after theirs.
  ///
  /// - Parameter upcoming: the weights that come after those of the pair.
  @inline(__always)
  private func forEachPart(
    ofPair pair: Int, upcoming: UnsafePointer<Float>,
    _ body: (_ group: Int, _ panels: Range<Int>, _ upcoming: UnsafePointer<Float>) -> Void
  ) {
    let (group, panels) = tiling.panels(ofPair: pair)
    if self.panels.isFullPair(panels)
      && ConvTileRun.hasPanelPairs(laneCount: conv.input.channelBlock)
    {
      body(group, panels, upcoming)
    } else {
      for panel in panels {
        body(
          group, panel..<panel + 1,
          panel + 1 < panels.upperBound ? packedWeights(group: group, panel: panel + 1) : upcoming)
      }
    }
  }

  /// The channel blocks of a pair.
  func blocks(ofPair pair: Int) -> Range<Int> {
    let (group, panels) = tiling.panels(ofPair: pair)
    let first = firstChannel(group: group, panel: panels.lowerBound) / Vector.scalarCount
    return first..<first + vectorCount(of: panels)
  }

  /// Stores rows of the channels of a pair in other planes than the output's, without their borders. The
  /// epilogue must be a function of each result.
  func compute(image: Int, rows: Range<Int>, pair: Int, into planes: Planes) {
    var planes = planes
    forEachPart(ofPair: pair, upcoming: packedWeights(ofPair: pair)) { group, panels, upcoming in
      let vectors = vectorCount(of: panels)
      convolve(
        image: image, group: group, rows: rows,
        weights: packedWeights(group: group, panel: panels.lowerBound), upcoming: upcoming,
        channel: firstChannel(group: group, panel: panels.lowerBound), vectorCount: vectors,
        into: planes
      ) { _ in }
      planes.origin += vectors * planes.vectorStride
    }
  }

  private func firstChannel(group: Int, panel: Int) -> Int {
    group * (conv.output.channels / conv.groups) + panels.firstChannel(of: panel)
  }

  private func vectorCount(of panels: Range<Int>) -> Int {
    panels.reduce(0) { $0 + self.panels.width(of: $1) / Vector.scalarCount }
  }

  private func packedWeights(group: Int, panel: Int) -> UnsafePointer<Float> {
    (weights + conv.packedByteOffset(ofPanel: group * panels.count + panel))
      .assumingMemoryBound(to: Float.self)
  }

  /// Those of the first pair if there is none of that number.
  private func packedWeights(ofPair pair: Int) -> UnsafePointer<Float> {
    let (group, panels) = tiling.panels(ofPair: pair < tiling.pairCount ? pair : 0)
    return packedWeights(group: group, panel: panels.lowerBound)
  }

  /// Computes the channels of a panel or of two for a band.
  ///
  /// - Parameter upcoming: the weights that come next.
  private func compute(
    image: Int, band: Int, group: Int, panels: Range<Int>, upcoming: UnsafePointer<Float>,
    workspace: UnsafeMutableRawPointer
  ) {
    let firstOfGroup = self.panels.firstChannel(of: panels.lowerBound)
    let channel = firstChannel(group: group, panel: panels.lowerBound)
    let rows = tiling.rows(ofBand: band)
    let outputPlane =
      output + image * conv.output.imageStride
      + channel / Vector.scalarCount * conv.output.channelBlockStride
    let planes =
      conv.poolsMax2x2
      ? Planes(
        origin: workspace.assumingMemoryBound(to: Float.self),
        rowStride: tiling.columnCount * Vector.scalarCount,
        vectorStride: tiling.bandHeight * tiling.columnCount * Vector.scalarCount)
      : Planes(
        origin: outputPlane + conv.output.originOffset
          + rows.lowerBound * conv.output.rowStride,
        rowStride: conv.output.rowStride, vectorStride: conv.output.channelBlockStride)
    let vectors = vectorCount(of: panels)
    convolve(
      image: image, group: group, rows: rows,
      weights: packedWeights(group: group, panel: panels.lowerBound), upcoming: upcoming,
      channel: channel, vectorCount: vectors, into: planes
    ) { finished in
      guard let epilogue, epilogue.resultProgram == nil else { return }
      for vector in 0..<vectors {
        epilogue.apply(
          image: image, block: channel / Vector.scalarCount + vector, rows: finished,
          columns: 0..<conv.output.width, workspace: workspace)
      }
    }

    let writer = BlockedBandWriter(layout: conv.output)
    let outputRows =
      conv.poolsMax2x2 ? rows.lowerBound / 2..<rows.upperBound / 2 : rows
    let usedChannels = self.panels.channelCount - firstOfGroup
    for vector in 0..<vectors {
      let plane = outputPlane + vector * conv.output.channelBlockStride
      if conv.poolsMax2x2 {
        pool(planes.origin + vector * planes.vectorStride, rows: outputRows, into: plane)
      }
      writer.finish(
        plane: plane, rows: outputRows, usedLanes: usedChannels - vector * Vector.scalarCount)
    }
  }

  /// Where the convolution's own results go: the planes of one to four vectors of channels.
  struct Planes {
    var origin: UnsafeMutablePointer<Float>
    var rowStride: Int
    var vectorStride: Int
  }

  /// Pixels of several rows that are computed, or finished, as one, so that an epilogue finds them in the
  /// L1 cache and is not called too often.
  private static let joinedPixelCount = 112

  /// The rows that are computed as one: several where all their pixels follow each other in the input and
  /// in the planes.
  private func rowsPerRun(into planes: Planes) -> Int {
    let window = conv.window
    let followEachOther =
      window.kernelHeight * window.kernelWidth * window.strideHeight * window.strideWidth == 1
      && conv.input.paddedWidth == tiling.columnCount
      && planes.rowStride == tiling.columnCount * Vector.scalarCount
      && residual.map { $0.rowStride == planes.rowStride } ?? true
    return followEachOther ? max(1, Self.joinedPixelCount / max(1, tiling.columnCount)) : 1
  }

  /// - Parameters:
  ///   - channel: the first of the results.
  ///   - finish: is called with rows soon after they have been computed.
  private func convolve(
    image: Int, group: Int, rows: Range<Int>, weights: UnsafePointer<Float>,
    upcoming: UnsafePointer<Float>, channel: Int, vectorCount: Int,
    into planes: Planes, finish: (Range<Int>) -> Void
  ) {
    let layout = conv.input
    let window = conv.window
    let blockCount: Int = conv.inputBlocksPerGroup
    let blockWeightCount: Int =
      window.kernelHeight * window.kernelWidth * layout.channelBlock
      * min(vectorCount * Vector.scalarCount, OutputPanels.fullWidth)
    let panelStride: Int =
      vectorCount > 2 ? blockCount * blockWeightCount : 0
    let cornerRow: Int = layout.borderTop - window.padTop
    let cornerColumn: Int = layout.borderLeft - window.padLeft
    let corner =
      input + image * layout.imageStride + group * blockCount * layout.channelBlockStride
      + cornerRow * layout.rowStride + cornerColumn * layout.channelBlock
    let runs = EvenSplit(total: rows.count, maximumSize: rowsPerRun(into: planes))
    let tiles = ConvTileRun.tiles(
      pixelCount: (runs.smallerSize + 1) * tiling.columnCount, vectorCount: vectorCount)

    var finishedRowCount = 0
    var block = 0
    while block < blockCount {
      let passBlockCount = min(tiling.blocksPerPass, blockCount - block)
      let isFirst = block == 0
      let nextBlock = block + passBlockCount
      let isLast = nextBlock == blockCount
      let taps = ConvTaps(window, layout: layout, blockCount: passBlockCount)
      let nextBlockCount = min(tiling.blocksPerPass, isLast ? blockCount : blockCount - nextBlock)
      var lines = UpcomingLines(
        isLast ? upcoming : weights + nextBlock * blockWeightCount,
        byteCount: nextBlockCount * blockWeightCount * MemoryLayout<Float>.size,
        stepCount: max(1, runs.partCount * tiles.partCount * taps.blockCount),
        streamStride: panelStride * MemoryLayout<Float>.size)
      for index in 0..<runs.partCount {
        let runRows = runs[index]
        let target = planes.origin + runRows.lowerBound * planes.rowStride
        let inputRow: Int = (rows.lowerBound + runRows.lowerBound) * window.strideHeight
        var run = ConvTileRun(
          input: corner + block * layout.channelBlockStride + inputRow * layout.rowStride,
          inputPixelStride: window.strideWidth * layout.channelBlock, taps: taps,
          weights: weights + block * blockWeightCount, weightsPanelStride: panelStride,
          addend: isFirst ? bias + channel : UnsafePointer(target),
          addendPixelStride: isFirst ? 0 : Vector.scalarCount,
          addendVectorStride: isFirst ? Vector.scalarCount : planes.vectorStride,
          target: target, targetVectorStride: planes.vectorStride,
          residual: isLast
            ? residual?.address(
              image: image, block: channel / Vector.scalarCount,
              row: rows.lowerBound + runRows.lowerBound) : nil,
          residualVectorStride: residual?.blockStride ?? 0,
          bounds: isLast ? bounds : .none, program: isLast ? epilogue?.resultProgram : nil,
          upcoming: lines)
        run.compute(
          pixelCount: runRows.count * tiling.columnCount, vectorCount: vectorCount,
          laneCount: layout.channelBlock)
        lines = run.upcoming
        let unfinishedPixelCount = (runRows.upperBound - finishedRowCount) * tiling.columnCount
        if isLast
          && (unfinishedPixelCount >= Self.joinedPixelCount || index + 1 == runs.partCount)
        {
          finish(rows.lowerBound + finishedRowCount..<rows.lowerBound + runRows.upperBound)
          finishedRowCount = runRows.upperBound
        }
      }
      block = nextBlock
    }
  }

  /// 2×2 maxima of `rows` pooled rows of one vector of channels.
  private func pool(
    _ source: UnsafeMutablePointer<Float>, rows: Range<Int>, into plane: UnsafeMutablePointer<Float>
  ) {
    let sourceRowStride: Int = tiling.columnCount * Vector.scalarCount
    for row in rows {
      let upper = source + (row - rows.lowerBound) * 2 * sourceRowStride
      let lower = upper + sourceRowStride
      let target = plane + conv.output.originOffset + row * conv.output.rowStride
      for column in 0..<conv.output.width {
        let offset: Int = column * 2 * Vector.scalarCount
        let right: Int = offset + Vector.scalarCount
        let top = maximum(upper.vector(at: offset), upper.vector(at: right))
        let bottom = maximum(lower.vector(at: offset), lower.vector(at: right))
        target.store(maximum(top, bottom), at: column * Vector.scalarCount)
      }
    }
  }
}
