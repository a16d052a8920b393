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

    let groupWeights = StridedMatrix(
      base: weights + group * outChannels * depth, rowStride: depth, columnStride: 1)
    let blocks = ColumnPanels.depthBlocks(depth)
    for block in 0..<blocks.partCount {
      let rows = blocks[block]
      let panels = ColumnPanelProduct(
        layout: ColumnPanels(depth: rows.count, columnCount: pixels.count),
        workspace: workspace + tiling.blockOffset)
      for (index, row) in rows.enumerated() {
        gather(source, row: row, pixels: pixels, into: workspace)
        panels.pack(
          rows: index..<index + 1,
          of: StridedMatrix(base: workspace, rowStride: 0, columnStride: 1))
      }
      panels.multiply(
        groupWeights.dropping(rows: 0, columns: rows.lowerBound), rowCount: outChannels,
        scale: 1, isFirst: block == 0, into: target, outputRowStride: tiling.pixelCount)
    }
    for channel in 0..<outChannels {
      let row = target + channel * tiling.pixelCount
      let addend = bias[group * outChannels + channel]
      for pixel in 0..<pixels.count { row[pixel] = bounds.apply(row[pixel] + addend) }
    }
  }

  /// One row of the column matrix: an element of the window at each output pixel.
  private func gather(
    _ image: UnsafePointer<Float>, row: Int, pixels: Range<Int>,
    into columns: UnsafeMutablePointer<Float>
  ) {
    let window = conv.window
    let (tap, kernelColumn) = row.quotientAndRemainder(dividingBy: window.kernelWidth)
    let (channel, kernelRow) = tap.quotientAndRemainder(dividingBy: window.kernelHeight)
    let plane = image + channel * conv.input.channelBlockStride
    let outputWidth: Int = conv.output.width
    let rowShift: Int = kernelRow * window.dilationHeight - window.padTop
    let columnShift: Int = kernelColumn * window.dilationWidth - window.padLeft
    let stride = window.strideWidth
    // The output columns whose window element lies inside the image.
    let firstInside = ceilingQuotient(max(0, -columnShift), stride)
    let inside =
      firstInside..<max(
        firstInside, ceilingQuotient(max(0, conv.input.width - columnShift), stride))
    var target = columns
    var (outputRow, first) = pixels.lowerBound.quotientAndRemainder(dividingBy: outputWidth)
    var remaining = pixels.count
    while remaining > 0 {
      let span = first..<min(outputWidth, first + remaining)
      let inputRow: Int = outputRow * window.strideHeight + rowShift
      let isInside = inputRow >= 0 && inputRow < conv.input.height
      let copied = (isInside ? inside : 0..<0).clamped(to: span)
      target.fillZero(count: copied.lowerBound - span.lowerBound)
      let source =
        plane + (inputRow * conv.input.rowStride + copied.lowerBound * stride + columnShift)
      let middle = target + (copied.lowerBound - span.lowerBound)
      if stride == 1 {
        middle.update(from: source, count: copied.count)
      } else {
        for index in 0..<copied.count { middle[index] = source[index * stride] }
      }
      (middle + copied.count).fillZero(count: span.upperBound - copied.upperBound)
      target += span.count
      remaining -= span.count
      outputRow += 1
      first = 0
    }
  }
}
