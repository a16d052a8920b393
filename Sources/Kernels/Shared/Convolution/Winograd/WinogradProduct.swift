import KernelInterface
import KernelVectors

/// The matrix products of a block of tiles and one panel of output channels or two:
/// `target(p, t, o) = Σ_{b,l} input(p, b, t, l) · weights(p, b, l, o)` for all points `p` and tiles `t`,
/// with `b` the input channel block and `l` its lane. Every run of channel blocks is summed from zero in
/// that order, then added to the runs before it. The layouts are `ConvWinogradTiling`'s.
///
/// The weights of a run stay in the L1 cache while all groups of tiles use them: as they lie or, if they
/// are not stored as float32, widened once for all groups. Meanwhile each group brings a share of the
/// stored weights that come next into the cache.
struct WinogradProduct {
  let tiling: ConvWinogradTiling
  let tileCount: Int
  let input: UnsafePointer<Float>
  /// `[point][block][lane]` rows.
  let weights: PanelWeights
  /// `[point][vector]`; nil where the type has none.
  let scales: UnsafePointer<Float>?
  /// Bytes from weights and scales of the one panel to those of the other, which are full; 0 for a single one.
  let panelByteStride: Int
  /// Room for the weights of a run as float32.
  let widened: UnsafeMutablePointer<Float>
  let target: UnsafeMutablePointer<Float>

  func compute() {
    if maximumPairTileRowCount > 0 && panelByteStride > 0 {
      compute(ProductTiles<PanelPair>.self)
    } else if weights.vectorCount == 2 {
      compute(ProductTiles<SIMD16<Float>>.self)
    } else {
      compute(ProductTiles<SIMD8<Float>>.self)
    }
  }

  /// The weights of some rows of a panel as float32, those of the second panel after those of the first
  /// where they are widened.
  private func floats(ofPanel panel: Int, rows: Range<Int>, point: Int) -> UnsafePointer<Float> {
    let panelWeights = PanelWeights(
      type: weights.type, base: weights.base + panel * panelByteStride,
      vectorCount: weights.vectorCount)
    let width: Int = weights.vectorCount * Vector.scalarCount
    let scales = scales.map {
      (UnsafeRawPointer($0) + panel * panelByteStride).assumingMemoryBound(to: Float.self)
        + point * width
    }
    return panelWeights.floats(
      ofRows: rows, scales: scales, buffer: widened + panel * rows.count * width)
  }

  @inline(__always)
  private func compute<V: PanelVector>(_: ProductTiles<V>.Type) {
    let groups = ConvWinograd.groups(tileCount: tileCount)
    let inputPointStride = tiling.inputPointStride(tileCount: tileCount)
    let blockByteCount = weights.byteCount(ofRows: kernelLaneCount)
    var row = 0
    for point in 0..<tiling.pointCount {
      var first = 0
      while first < tiling.inputBlockCount {
        let blocks = tiling.run(from: first)
        let rows = row..<row &+ blocks.count &* kernelLaneCount
        let floats = floats(ofPanel: 0, rows: rows, point: point)
        var tiles = ProductTiles<V>(
          input: input + point &* inputPointStride
            + tiling.inputOffset(run: blocks, firstTile: 0, tileCount: tileCount),
          target: target + point &* tiling.productPointStride(width: V.width),
          weights: floats,
          panelStride: V.panelCount == 2
            ? self.floats(ofPanel: 1, rows: rows, point: point) - floats : 0,
          upcoming: UpcomingLines(
            weights.address(ofRow: rows.upperBound), byteCount: blocks.count &* blockByteCount,
            stepCount: groups.partCount &* blocks.count, streamStride: panelByteStride),
          blockCount: blocks.count, isFirst: blocks.lowerBound == 0, remaining: groups.largerCount)
        tiles.compute(rows: groups.smallerSize &+ 1, maximum: ConvWinograd.maximumGroupSize)
        tiles.remaining = groups.partCount &- groups.largerCount
        tiles.compute(rows: groups.smallerSize, maximum: ConvWinograd.maximumGroupSize)
        row = rows.upperBound
        first = blocks.upperBound
      }
    }
  }
}

/// The products of groups of one size with a run of weights at one point.
private struct ProductTiles<V: PanelVector>: TileBody {
  /// `[group][block][tile][8]`.
  var input: UnsafePointer<Float>
  /// `[tile][vector]`.
  var target: UnsafeMutablePointer<Float>
  /// `[block][lane][vector]` of each panel.
  let weights: UnsafePointer<Float>
  let panelStride: Int
  /// The weights of the next run, as they are stored; stepped at every channel block of every group.
  var upcoming: UpcomingLines
  let blockCount: Int
  /// In the first run the target holds nothing yet.
  let isFirst: Bool
  /// Groups to compute.
  var remaining: Int

  mutating func compute<let rows: Int>(_: TileRows<rows>.Type) {
    var upcoming = upcoming
    while remaining > 0 {
      var tile = RegisterTile<rows, V, Arithmetic>()
      accumulate(&tile, &upcoming)
      tile.finish(RowSums(target: target, isFirst: isFirst))
      input += blockCount &* rows &* Vector.scalarCount
      self.target += rows &* V.width
      remaining &-= 1
    }
    self.upcoming = upcoming
  }

  @inline(__always)
  private func accumulate<let rows: Int>(
    _ tile: inout RegisterTile<rows, V, Arithmetic>, _ upcoming: inout UpcomingLines
  ) {
    let lanes: Int = Vector.scalarCount
    let step: Int = V.width / V.panelCount
    var weights = weights
    var block = input
    var remaining = blockCount
    while remaining > 0 {
      upcoming.step()
      tile.addBlock(block, stride: lanes, weights, panelStride: panelStride)
      weights += 8 &* step
      block += rows &* lanes
      remaining &-= 1
    }
  }
}
