import KernelInterface
import KernelVectors

/// Convolution as im2col and a matrix product; the contract is `ConvIm2colDescriptor`'s, the split into
/// items `ConvIm2colTiling`'s.
///
/// An item gathers its tile of the column matrix `[channel][kernel row][kernel column][pixel]` into the
/// workspace block by block, zeros where the window leaves the image, and multiplies the group's weights
/// by it: `output(o, p) = activation(bias(o) + Σ_blocks Σ_k weights(o, k) · columns(k, p))`.
struct ConvIm2col {
  private let conv: ConvIm2colDescriptor
  private let tiling: ConvIm2colTiling
  private let bounds: ActivationBounds
  private let input: UnsafePointer<Float>
  private let weights: UnsafePointer<Float>
  private let bias: UnsafePointer<Float>
  private let output: UnsafeMutablePointer<Float>

  static let kernel = Kernel(ConvIm2colDescriptor.self) { conv, operands in
    let call = ConvIm2col(conv, operands)
    return [
      WorkPhase(itemCount: conv.output.batch * conv.groups * call.tiling.tiles.partCount) {
        call.compute(item: $0, workspace: $1.assumingMemoryBound(to: Float.self))
      }
    ]
  }

  private init(_ conv: ConvIm2colDescriptor, _ operands: [UnsafeMutableRawPointer]) {
    self.conv = conv
    tiling = ConvIm2colTiling(conv)
    bounds = ActivationBounds(conv.activation)
    input = operands.constantFloats(0)
    weights = operands.constantFloats(1)
    bias = operands.constantFloats(2)
    output = operands.floats(3)
  }

  private func compute(item: Int, workspace: UnsafeMutablePointer<Float>) {
    let (slot, tile) = item.quotientAndRemainder(dividingBy: tiling.tiles.partCount)
    let (image, group) = slot.quotientAndRemainder(dividingBy: conv.groups)
    let pixels = tiling.tiles[tile]
    let inChannels: Int = conv.input.channels / conv.groups
    let outChannels: Int = conv.output.channels / conv.groups
    let depth = tiling.depth
    let source = input + conv.input.planeOffset(image: image, block: group * inChannels)
    let target =
      output + conv.output.planeOffset(image: image, block: group * outChannels)
      + pixels.lowerBound

    for first in stride(from: 0, to: depth, by: ColumnPanels.maximumRowCount) {
      let rows = first..<min(depth, first + ColumnPanels.maximumRowCount)
      let layout = ColumnPanels(rowCount: rows.count, columnCount: pixels.count)
      for row in rows {
        gather(
          source, row: row, pixels: pixels,
          into: PanelRow(workspace, layout, row: row - first))
      }
      ColumnPanelProduct(
        left: weights + group * outChannels * depth + first, leftRowStride: depth,
        leftColumnStride: 1, layout: layout, panels: workspace, output: target,
        outputRowStride: tiling.pixelCount, scale: 1, isFirst: first == 0
      ).compute(rowCount: outChannels)
    }
    for channel in 0..<outChannels {
      let row = target + channel * tiling.pixelCount
      let addend = bias[group * outChannels + channel]
      for pixel in 0..<pixels.count { row[pixel] = bounds.apply(row[pixel] + addend) }
    }
  }

  /// One row of the column matrix: an element of the window at each output pixel.
  private func gather(
    _ image: UnsafePointer<Float>, row: Int, pixels: Range<Int>, into columns: PanelRow
  ) {
    let window = conv.window
    let (tap, kernelColumn) = row.quotientAndRemainder(dividingBy: window.kernelWidth)
    let (channel, kernelRow) = tap.quotientAndRemainder(dividingBy: window.kernelHeight)
    let plane = image + channel * conv.input.channelBlockStride
    let outputWidth: Int = conv.output.width
    let rowShift: Int = kernelRow * window.dilationHeight - window.padTop
    let columnShift: Int = kernelColumn * window.dilationWidth - window.padLeft
    var (outputRow, outputColumn) = pixels.lowerBound.quotientAndRemainder(dividingBy: outputWidth)
    for index in 0..<pixels.count {
      let inputRow: Int = outputRow * window.strideHeight + rowShift
      let inputColumn: Int = outputColumn * window.strideWidth + columnShift
      let isInside =
        inputRow >= 0 && inputRow < conv.input.height && inputColumn >= 0
        && inputColumn < conv.input.width
      columns[index] = isInside ? plane[inputRow * conv.input.rowStride + inputColumn] : 0
      outputColumn += 1
      if outputColumn == outputWidth {
        outputColumn = 0
        outputRow += 1
      }
    }
    columns.fillTail()
  }
}
