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
        let call = Band(
          blocks: blocks, image: image, rows: rows, packed: packed,
          width: tiling.width(ofPair: pair), isFirst: band == bands.lowerBound,
          target: sums(piece: piece, unit: unit))
        if call.width == PanelPair.width && maximumPairTileRowCount >= Vector.scalarCount {
          sum(call, PanelPair.self)
        } else {
          sum(call, SIMD16<Float>.self)
        }
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

  private struct Band {
    let blocks: Range<Int>
    let image: Int
    let rows: Range<Int>
    let packed: UnsafePointer<Float>
    let width: Int
    let isFirst: Bool
    let target: UnsafeMutablePointer<Float>
  }

  private func sum<V: PanelVector>(_ band: Band, _: V.Type) {
    let window = conv.window
    let layout = conv.input
    var target = band.target
    for block in band.blocks {
      let plane = input + layout.planeOffset(image: band.image, block: block)
      let top = layout.borderTop - window.padTop + band.rows.lowerBound * window.strideHeight
      let left = layout.borderLeft - window.padLeft
      for i in 0..<window.kernelHeight {
        for j in 0..<window.kernelWidth {
          let row = top + i * window.dilationHeight
          let column = left + j * window.dilationWidth
          let first = plane + (row * layout.rowStride + column * Vector.scalarCount)
          for part in stride(from: 0, to: band.width, by: V.width) {
            if maximumTileRowCount >= Vector.scalarCount {
              sum(first, part, band, into: target, TileRows<8>.self, V.self)
            } else {
              sum(first, part, band, into: target, TileRows<4>.self, V.self)
              sum(
                first + 4, part, band, into: target + 4 * band.width, TileRows<4>.self, V.self)
            }
          }
          target += Vector.scalarCount * band.width
        }
      }
    }
  }

  /// Adds the products of the pixels of some lanes of a channel block, from `first` on, and of some outputs.
  @inline(__always)
  private func sum<let rows: Int, V: PanelVector>(
    _ first: UnsafePointer<Float>, _ part: Int, _ band: Band,
    into target: UnsafeMutablePointer<Float>, _: TileRows<rows>.Type, _: V.Type
  ) {
    let pixelStride: Int = conv.window.strideWidth &* Vector.scalarCount
    let rowStride: Int = conv.window.strideHeight &* conv.input.rowStride
    let step: Int = band.width
    let half: Int = V.width / V.panelCount
    var gradients = band.packed + part
    var start = first
    var tile = RegisterTile<rows, V, Arithmetic>()
    for _ in band.rows {
      var pixel = start
      var remaining = conv.gradient.width
      while remaining >= 4 {
        tile.add(pixel, stride: 1, gradients, panelStride: half)
        tile.add(pixel + pixelStride, stride: 1, gradients + step, panelStride: half)
        tile.add(pixel + 2 &* pixelStride, stride: 1, gradients + 2 &* step, panelStride: half)
        tile.add(pixel + 3 &* pixelStride, stride: 1, gradients + 3 &* step, panelStride: half)
        pixel += 4 &* pixelStride
        gradients += 4 &* step
        remaining &-= 4
      }
      while remaining > 0 {
        tile.add(pixel, stride: 1, gradients, panelStride: half)
        pixel += pixelStride
        gradients += step
        remaining &-= 1
      }
      start += rowStride
    }
    tile.finish(
      UnitSums<V>(target: target + part, rowStride: band.width, isFirst: band.isFirst))
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
    let lanes = Vector.scalarCount
    for block in blocks {
      let source = sums + (block - blocks.lowerBound) * tiling.tapCount * lanes * width
      for output in outputs {
        let inputs = tiling.inputs(ofOutput: output)
        let channels = inputs.clamped(to: block * lanes..<(block + 1) * lanes)
        var target =
          self.output + (output * inputs.count + channels.lowerBound - inputs.lowerBound)
          * tiling.tapCount
        for channel in channels {
          var sum = source + ((channel - block * lanes) * width + output - outputs.lowerBound)
          for tap in 0..<tiling.tapCount {
            target[tap] = sum.pointee
            sum += lanes * width
          }
          target += tiling.tapCount
        }
      }
    }
  }
}

/// Adds the sums of a register tile to rows that lie apart, or stores them there where nothing does yet.
private struct UnitSums<V: PanelVector>: TileEpilogue {
  let target: UnsafeMutablePointer<Float>
  let rowStride: Int
  let isFirst: Bool

  @inline(__always)
  func take(_ sum: V, row: Int) {
    let place = target + row &* rowStride
    (isFirst ? sum : sum.adding(V.load(UnsafePointer(place)))).store(to: place)
  }
}
