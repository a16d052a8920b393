import KernelInterface
import KernelVectors

/// What the gradient of weights sums for the 8 lanes of an input channel block and 16 or 32 output channels:
/// `target(l, o) += Σ_p input(p, l) · gradient(p, o)` over rows of positions p, in their order; the sum is formed from
/// zero. Strides are in elements.
struct GradientProducts {
  let rowCount: Int
  let columnCount: Int
  /// From the lanes of one position to those of the next, and from row to row.
  let inputPixelStride: Int
  let inputRowStride: Int
  /// Outputs: gradients lie `[position][output]`, sums `[lane][output]`, dense.
  let width: Int

  /// - Parameter isFirst: the target holds nothing yet.
  func add(
    _ input: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>,
    to target: UnsafeMutablePointer<Float>, isFirst: Bool
  ) {
    if width == PanelPair.width && maximumPairTileRowCount >= Vector.scalarCount {
      add(input, gradient, to: target, isFirst, PanelPair.self)
    } else {
      for part in stride(from: 0, to: width, by: OutputPanels.fullWidth) {
        add(input, gradient + part, to: target + part, isFirst, SIMD16<Float>.self)
      }
    }
  }

  @inline(__always)
  private func add<V: PanelVector>(
    _ input: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>,
    to target: UnsafeMutablePointer<Float>, _ isFirst: Bool, _: V.Type
  ) {
    if maximumTileRowCount >= Vector.scalarCount {
      add(input, gradient, to: target, isFirst, TileRows<8>.self, V.self)
    } else {
      add(input, gradient, to: target, isFirst, TileRows<4>.self, V.self)
      add(input + 4, gradient, to: target + 4 &* width, isFirst, TileRows<4>.self, V.self)
    }
  }

  /// Of as many lanes as a register tile has rows.
  @inline(__always)
  private func add<let rows: Int, V: PanelVector>(
    _ input: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>,
    to target: UnsafeMutablePointer<Float>, _ isFirst: Bool, _: TileRows<rows>.Type, _: V.Type
  ) {
    let pixelStride: Int = inputPixelStride
    let step: Int = width
    let half: Int = V.width / V.panelCount
    var gradient = gradient
    var row = input
    var tile = RegisterTile<rows, V, Arithmetic>()
    for _ in 0..<rowCount {
      var pixel = row
      var remaining = columnCount
      while remaining >= 4 {
        tile.add(pixel, stride: 1, gradient, panelStride: half)
        tile.add(pixel + pixelStride, stride: 1, gradient + step, panelStride: half)
        tile.add(pixel + 2 &* pixelStride, stride: 1, gradient + 2 &* step, panelStride: half)
        tile.add(pixel + 3 &* pixelStride, stride: 1, gradient + 3 &* step, panelStride: half)
        pixel += 4 &* pixelStride
        gradient += 4 &* step
        remaining &-= 4
      }
      while remaining > 0 {
        tile.add(pixel, stride: 1, gradient, panelStride: half)
        pixel += pixelStride
        gradient += step
        remaining &-= 1
      }
      row += inputRowStride
    }
    tile.finish(LaneSums<V>(target: target, width: width, isFirst: isFirst))
  }
}

/// Adds the sums of a register tile to rows that lie apart, or stores them there where nothing does yet.
private struct LaneSums<V: PanelVector>: TileEpilogue {
  let target: UnsafeMutablePointer<Float>
  let width: Int
  let isFirst: Bool

  @inline(__always)
  func take(_ sum: V, row: Int) {
    let place = target + row &* width
    (isFirst ? sum : sum.adding(V.load(UnsafePointer(place)))).store(to: place)
  }
}

/// Where the gradients of one output channel's weights go, those of one input channel block at a time.
struct GradientWriter {
  /// `[input channel][tap]` of the output channel, from the first channel of `inputs` on.
  let output: UnsafeMutablePointer<Float>
  /// The input channels of the output channel.
  let inputs: Range<Int>
  let tapCount: Int

  /// - Parameters:
  ///   - sums: `[tap][lane]` of the block, `width` elements from one to the next.
  ///   - block: its number; of its channels those of `inputs` are taken.
  func store(_ sums: UnsafePointer<Float>, width: Int, block: Int) {
    let lanes = Vector.scalarCount
    let channels = inputs.clamped(to: block * lanes..<(block + 1) * lanes)
    var target = output + (channels.lowerBound - inputs.lowerBound) * tapCount
    for channel in channels {
      var sum = sums + (channel - block * lanes) * width
      for tap in 0..<tapCount {
        target[tap] = sum.pointee
        sum += lanes &* width
      }
      target += tapCount
    }
  }
}
