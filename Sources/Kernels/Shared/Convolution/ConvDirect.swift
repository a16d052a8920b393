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
  private let epilogue: EpilogueCall?

  static let kernel = Kernel(ConvDirectDescriptor.self) { conv, operands in
    let call = ConvDirect(conv, operands)
    return [
      WorkPhase(itemCount: call.itemCount) {
        call.compute(item: $0, workspace: $1)
      }
    ]
  }

  private init(_ conv: ConvDirectDescriptor, _ operands: [UnsafeMutableRawPointer]) {
    self.conv = conv
    tiling = ConvDirectTiling(conv)
    panels = conv.outputPanelsOfGroup
    bounds = ActivationBounds(conv.activation)
    input = operands.constantFloats(0)
    weights = UnsafeRawPointer(operands[1])
    bias = operands.constantFloats(2)
    output = operands.floats(3)
    epilogue = EpilogueCall(
      conv.epilogue, layout: conv.output, output: output, operands: operands)
  }

  private var itemCount: Int {
    conv.output.isEmpty ? 0 : conv.output.batch * tiling.bandCount * conv.panelCount
  }

  private func compute(item: Int, workspace: UnsafeMutableRawPointer) {
    let (slot, panel) = item.quotientAndRemainder(dividingBy: conv.panelCount)
    let (image, band) = slot.quotientAndRemainder(dividingBy: tiling.bandCount)
    let (group, panelOfGroup) = panel.quotientAndRemainder(dividingBy: panels.count)
    let groupChannels: Int = conv.output.channels / conv.groups
    let channel: Int = group * groupChannels + panels.firstChannel(of: panelOfGroup)
    let vectorCount: Int = panels.width(of: panelOfGroup) / Vector.scalarCount
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
    convolve(
      image: image, group: group, rows: rows,
      weights: (weights + conv.packedByteOffset(ofPanel: panel)).assumingMemoryBound(
        to: Float.self),
      bias: bias + channel, vectorCount: vectorCount, into: planes)

    let writer = BlockedBandWriter(layout: conv.output)
    let outputRows =
      conv.poolsMax2x2 ? rows.lowerBound / 2..<rows.upperBound / 2 : rows
    let usedChannels = panels.channelCount - panels.firstChannel(of: panelOfGroup)
    for vector in 0..<vectorCount {
      let plane = outputPlane + vector * conv.output.channelBlockStride
      if conv.poolsMax2x2 {
        pool(planes.origin + vector * planes.vectorStride, rows: outputRows, into: plane)
      }
      epilogue?.apply(
        image: image, block: channel / Vector.scalarCount + vector, rows: outputRows,
        columns: 0..<conv.output.width, workspace: workspace)
      writer.finish(
        plane: plane, rows: outputRows, usedLanes: usedChannels - vector * Vector.scalarCount)
    }
  }

  /// Where the convolution's own results go: the planes of one or two vectors of channels.
  private struct Planes {
    var origin: UnsafeMutablePointer<Float>
    var rowStride: Int
    var vectorStride: Int
  }

  private func convolve(
    image: Int, group: Int, rows: Range<Int>, weights: UnsafePointer<Float>,
    bias: UnsafePointer<Float>, vectorCount: Int, into planes: Planes
  ) {
    let layout = conv.input
    let window = conv.window
    let blockCount: Int = conv.inputBlocksPerGroup
    let blockWeightCount: Int =
      window.kernelHeight * window.kernelWidth * layout.channelBlock * vectorCount
      * Vector.scalarCount
    let cornerRow: Int = layout.borderTop - window.padTop
    let cornerColumn: Int = layout.borderLeft - window.padLeft
    let corner =
      input + image * layout.imageStride + group * blockCount * layout.channelBlockStride
      + cornerRow * layout.rowStride + cornerColumn * layout.channelBlock

    var block = 0
    while block < blockCount {
      let passBlockCount = min(tiling.blocksPerPass, blockCount - block)
      let isFirst = block == 0
      let isLast = block + passBlockCount == blockCount
      for row in rows {
        let target = planes.origin + (row - rows.lowerBound) * planes.rowStride
        let inputRow: Int = row * window.strideHeight
        let run = ConvTileRun(
          input: corner + block * layout.channelBlockStride + inputRow * layout.rowStride,
          inputPixelStride: window.strideWidth * layout.channelBlock,
          blockCount: passBlockCount, inputBlockStride: layout.channelBlockStride,
          kernelHeight: window.kernelHeight,
          inputRowStep: window.dilationHeight * layout.rowStride,
          kernelWidth: window.kernelWidth,
          inputColumnStep: window.dilationWidth * layout.channelBlock,
          weights: weights + block * blockWeightCount,
          addend: isFirst ? bias : UnsafePointer(target),
          addendPixelStride: isFirst ? 0 : Vector.scalarCount,
          addendVectorStride: isFirst ? Vector.scalarCount : planes.vectorStride,
          target: target, targetVectorStride: planes.vectorStride,
          bounds: isLast ? bounds : .none)
        run.compute(
          pixelCount: tiling.columnCount, vectorCount: vectorCount, laneCount: layout.channelBlock)
      }
      block += passBlockCount
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
