import KernelInterface
import KernelVectors

/// One pass over the inputs of several rows for one panel of outputs: `target(r, o) += Σ_k input(k, r) ·
/// weights(k, o)`. The sum is formed from zero in the order of `k`, then added.
struct PanelProduct {
  /// `[tile][k][row of the tile]`, dense.
  var input: UnsafePointer<Float>
  let inputCount: Int
  /// `[k][vector]`, dense.
  let weights: UnsafePointer<Float>
  /// `[row][vector]`, dense.
  var target: UnsafeMutablePointer<Float>
  /// In the first pass the target holds nothing yet.
  let isFirst: Bool
  /// Stepped every `inputsPerStep` inputs of every tile.
  var upcoming: UpcomingLines

  static let inputsPerStep = 8

  /// Computes some of the tiles of 1 to 6 rows into which `rows` cuts all rows; input and target are those
  /// of the first of them.
  mutating func compute(tiles: Range<Int>, of rows: EvenSplit, vectorCount: Int) {
    let largerCount = min(tiles.count, max(0, rows.largerCount - tiles.lowerBound))
    compute(tileCount: largerCount, height: rows.smallerSize + 1, vectorCount: vectorCount)
    compute(
      tileCount: tiles.count - largerCount, height: rows.smallerSize, vectorCount: vectorCount)
  }

  private mutating func compute(tileCount: Int, height: Int, vectorCount: Int) {
    if vectorCount == 2 {
      compute(tileCount, height, RowTiles<SIMD16<Float>>.self)
    } else {
      compute(tileCount, height, RowTiles<SIMD8<Float>>.self)
    }
  }

  @inline(__always)
  private mutating func compute<V: PanelVector>(
    _ tileCount: Int, _ height: Int, _: RowTiles<V>.Type
  ) {
    var tiles = RowTiles<V>(product: self, remaining: tileCount)
    tiles.compute(rows: height, maximum: ColumnPanels.maximumTileHeight)
    self = tiles.product
  }
}

/// Tiles of one height.
private struct RowTiles<V: PanelVector>: TileBody {
  /// From the first tile that is not computed on.
  var product: PanelProduct
  /// Tiles to compute.
  var remaining: Int

  mutating func compute<let rows: Int>(_: TileRows<rows>.Type) {
    var upcoming = product.upcoming
    while remaining > 0 {
      var tile = RegisterTile<rows, V, Arithmetic>()
      accumulate(&tile, &upcoming)
      tile.finish(RowSums(target: product.target, isFirst: product.isFirst))
      product.input += rows &* product.inputCount
      product.target += rows &* V.width
      remaining &-= 1
    }
    product.upcoming = upcoming
  }

  @inline(__always)
  private func accumulate<let rows: Int>(
    _ tile: inout RegisterTile<rows, V, Arithmetic>, _ upcoming: inout UpcomingLines
  ) {
    let width: Int = V.width
    var input = product.input
    var weights = product.weights
    var remaining = product.inputCount
    while remaining >= PanelProduct.inputsPerStep {
      upcoming.step()
      tile.add(input, stride: 1, weights)
      tile.add(input + rows, stride: 1, weights + width)
      tile.add(input + 2 &* rows, stride: 1, weights + 2 &* width)
      tile.add(input + 3 &* rows, stride: 1, weights + 3 &* width)
      tile.add(input + 4 &* rows, stride: 1, weights + 4 &* width)
      tile.add(input + 5 &* rows, stride: 1, weights + 5 &* width)
      tile.add(input + 6 &* rows, stride: 1, weights + 6 &* width)
      tile.add(input + 7 &* rows, stride: 1, weights + 7 &* width)
      input += PanelProduct.inputsPerStep &* rows
      weights += PanelProduct.inputsPerStep &* width
      remaining &-= PanelProduct.inputsPerStep
    }
    while remaining > 0 {
      tile.add(input, stride: 1, weights)
      input += rows
      weights += width
      remaining &-= 1
    }
  }
}
