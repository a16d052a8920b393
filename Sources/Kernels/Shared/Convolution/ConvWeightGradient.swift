import KernelInterface
import KernelVectors

/// The gradient of a convolution's weights; the contract is `ConvWeightGradientDescriptor`'s, the split into items
/// and the layout of their sums `ConvWeightGradientTiling`'s.
///
/// Of each band of results an item brings the gradients into order, `[pixel][output]`; then a register tile sums the
/// products with the pixels of one input channel block at one tap, its rows the lanes of the block. Where groups
/// are no whole blocks, products of channels of different groups are summed too, and left out at the end.
struct ConvWeightGradient {
  private let conv: ConvWeightGradientDescriptor
  private let tiling: ConvWeightGradientTiling
  private let input: UnsafePointer<Float>
  private let gradient: UnsafePointer<Float>
  private let output: UnsafeMutablePointer<Float>
  private let scratch: UnsafeMutablePointer<Float>

  static let kernel = Kernel(ConvWeightGradientDescriptor.self) { conv, operands in
    let call = ConvWeightGradient(conv, operands)
    return [call.sumPhase, call.storePhase]
  }

  private init(_ conv: ConvWeightGradientDescriptor, _ operands: [UnsafeMutableRawPointer]) {
    self.conv = conv
    tiling = ConvWeightGradientTiling(conv)
    input = operands.constantFloats(0)
    gradient = operands.constantFloats(1)
    output = operands.floats(2)
    scratch = operands.floats(3)
  }

  private func sums(piece: Int, unit: Int) -> UnsafeMutablePointer<Float> {
    scratch + (piece * tiling.unitCount + unit) * tiling.unitElementCount
  }

  // MARK: Sums

  private var sumPhase: WorkPhase {
    WorkPhase(itemCount: tiling.unitCount * tiling.pieces.partCount) { item, workspace in
      let (unit, piece) = item.quotientAndRemainder(dividingBy: tiling.pieces.partCount)
      let packed = workspace.assumingMemoryBound(to: Float.self)
      let (pair, chunk) = unit.quotientAndRemainder(dividingBy: tiling.chunkCount)
      let blocks = tiling.blocks(pair: pair, chunk: chunk)
      guard !blocks.isEmpty else { return }
      let bands = tiling.pieces[piece]
      for band in bands {
        let (image, part) = band.quotientAndRemainder(dividingBy: tiling.bands.partCount)
        let rows = tiling.bands[part]
        pack(pair: pair, image: image, rows: rows, into: packed)
        sum(
          blocks: blocks, image: image, rows: rows, packed, width: tiling.width(ofPair: pair),
          isFirst: band == bands.lowerBound, to: sums(piece: piece, unit: unit))
      }
    }
  }

  /// The gradients of a band of a pair's output channels, `[pixel][output]`; zeros of outputs past the last block.
  private func pack(
    pair: Int, image: Int, rows: Range<Int>, into packed: UnsafeMutablePointer<Float>
  ) {
    let layout = conv.gradient
    let width = tiling.width(ofPair: pair)
    let firstBlock = tiling.outputs(ofPair: pair).lowerBound / Vector.scalarCount
    for block in 0..<width / Vector.scalarCount {
      var target = packed + block * Vector.scalarCount
      let isStored = firstBlock + block < layout.channelBlockCount
      let plane =
        gradient + (isStored ? layout.planeOffset(image: image, block: firstBlock + block) : 0)
      for row in rows {
        var source = plane + (isStored ? layout.rowOffset(row) : 0)
        for _ in 0..<layout.width {
          target.store(isStored ? source.vector(at: 0) : Vector.zero, at: 0)
          source += isStored ? Vector.scalarCount : 0
          target += width
        }
      }
    }
  }

  /// Adds the products of a band.
  private func sum(
    blocks: Range<Int>, image: Int, rows: Range<Int>, _ packed: UnsafePointer<Float>, width: Int,
    isFirst: Bool, to target: UnsafeMutablePointer<Float>
  ) {
    let window = conv.window
    let layout = conv.input
    let products = GradientProducts(
      rowCount: rows.count, columnCount: conv.gradient.width,
      inputPixelStride: window.strideWidth * Vector.scalarCount,
      inputRowStride: window.strideHeight * layout.rowStride, width: width)
    let top = layout.borderTop - window.padTop + rows.lowerBound * window.strideHeight
    let left = layout.borderLeft - window.padLeft
    var target = target
    for block in blocks {
      let plane = input + layout.planeOffset(image: image, block: block)
      for i in 0..<window.kernelHeight {
        for j in 0..<window.kernelWidth {
          let row = top + i * window.dilationHeight
          let column = left + j * window.dilationWidth
          products.add(
            plane + (row * layout.rowStride + column * Vector.scalarCount), packed, to: target,
            isFirst: isFirst)
          target += Vector.scalarCount * width
        }
      }
    }
  }

  // MARK: Results

  /// Adds the pieces of a unit, in pairs, and stores its sums in the order of the weights.
  private var storePhase: WorkPhase {
    WorkPhase(itemCount: tiling.unitCount) { unit, _ in
      let (pair, chunk) = unit.quotientAndRemainder(dividingBy: tiling.chunkCount)
      let blocks = tiling.blocks(pair: pair, chunk: chunk)
      guard !blocks.isEmpty else { return }
      let elementCount =
        blocks.count * tiling.tapCount * Vector.scalarCount * tiling.width(ofPair: pair)
      var step = 1
      while step < tiling.pieces.partCount {
        for piece in stride(from: 0, to: tiling.pieces.partCount - step, by: 2 * step) {
          add(
            sums(piece: piece + step, unit: unit), to: sums(piece: piece, unit: unit),
            count: elementCount)
        }
        step *= 2
      }
      store(sums(piece: 0, unit: unit), pair: pair, blocks: blocks)
    }
  }

  /// Adds so many floats, a multiple of a vector.
  private func add(
    _ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, count: Int
  ) {
    for offset in stride(from: 0, to: count, by: Vector.scalarCount) {
      target.store(target.vector(at: offset) + source.vector(at: offset), at: offset)
    }
  }

  private func store(_ sums: UnsafePointer<Float>, pair: Int, blocks: Range<Int>) {
    let outputs = tiling.outputs(ofPair: pair)
    let width = tiling.width(ofPair: pair)
    for block in blocks {
      let source =
        sums + (block - blocks.lowerBound) * tiling.tapCount * Vector.scalarCount * width
      for output in outputs {
        let inputs = tiling.inputs(ofOutput: output)
        GradientWriter(
          output: self.output + output * inputs.count * tiling.tapCount, inputs: inputs,
          tapCount: tiling.tapCount
        ).store(source + (output - outputs.lowerBound), width: width, block: block)
      }
    }
  }
}
