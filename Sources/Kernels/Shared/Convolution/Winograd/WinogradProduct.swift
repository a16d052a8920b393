import KernelInterface
import KernelVectors

/// The matrix products of a block of tiles and one panel of output channels:
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
  /// Room for the weights of a run as float32.
  let widened: UnsafeMutablePointer<Float>
  let target: UnsafeMutablePointer<Float>

  func compute() {
    weights.vectorCount == 1
      ? compute(ProductTiles<SIMD8<Float>>.self) : compute(ProductTiles<SIMD16<Float>>.self)
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
        var tiles = ProductTiles<V>(
          input: input + point &* inputPointStride
            + tiling.inputOffset(run: blocks, firstTile: 0, tileCount: tileCount),
          target: target + point &* tiling.productPointStride,
          weights: weights.floats(
            ofRows: rows, scales: scales.map { $0 + point &* V.scalarCount }, buffer: widened),
          upcoming: UpcomingLines(
            weights.address(ofRow: rows.upperBound), byteCount: blocks.count &* blockByteCount,
            stepCount: groups.partCount &* blocks.count),
          blockCount: blocks.count, isFirst: blocks.lowerBound == 0, remaining: groups.largerCount)
        tiles.compute(rows: groups.smallerSize &+ 1, maximum: maximumTileRowCount)
        tiles.remaining = groups.partCount &- groups.largerCount
        tiles.compute(rows: groups.smallerSize, maximum: maximumTileRowCount)
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
  /// `[block][lane][vector]`.
  let weights: UnsafePointer<Float>
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
      self.target += rows &* V.scalarCount
      remaining &-= 1
    }
    self.upcoming = upcoming
  }

  @inline(__always)
  private func accumulate<let rows: Int>(
    _ tile: inout RegisterTile<rows, V, Arithmetic>, _ upcoming: inout UpcomingLines
  ) {
    let lanes: Int = Vector.scalarCount
    let step: Int = V.scalarCount
    var weights = weights
    var block = input
    var remaining = blockCount
    while remaining > 0 {
      upcoming.step()
      tile.add(block, stride: lanes, weights)
      tile.add(block + 1, stride: lanes, weights + step)
      tile.add(block + 2, stride: lanes, weights + 2 &* step)
      tile.add(block + 3, stride: lanes, weights + 3 &* step)
      tile.add(block + 4, stride: lanes, weights + 4 &* step)
      tile.add(block + 5, stride: lanes, weights + 5 &* step)
      tile.add(block + 6, stride: lanes, weights + 6 &* step)
      tile.add(block + 7, stride: lanes, weights + 7 &* step)
      weights += 8 &* step
      block += rows &* lanes
      remaining &-= 1
    }
  }
}
