import KernelInterface
import KernelVectors

/// The columns of a product with few left rows, of a right operand `[k][n]` that is read in rows:
/// `output(r, c) = scale · Σ_k left(r, k) · right(k, c)`. The sums of blocks of the depth are formed from zero in the
/// order of `k`, scaled, then added in order.
struct NarrowProduct {
  let left: StridedMatrix
  let rowCount: Int
  /// `[k][n]`.
  let right: UnsafePointer<Float>
  let depth: Int
  let columnCount: Int
  let scale: Float
  /// `[row][n]`.
  let output: UnsafeMutablePointer<Float>

  func compute(columns: Range<Int>) {
    let blocks = stride(from: 0, to: depth, by: NarrowProductTiling.columnDepth)
    let rowsOfTile = maximumPairTileRowCount > 0 ? maximumPairTileRowCount : maximumTileRowCount
    let rows = EvenSplit(total: rowCount, maximumSize: rowsOfTile)
    for first in blocks {
      let inputs = first..<min(depth, first + NarrowProductTiling.columnDepth)
      for part in 0..<rows.partCount {
        compute(rows: rows[part], inputs: inputs, columns: columns)
      }
    }
  }

  private func compute(rows: Range<Int>, inputs: Range<Int>, columns: Range<Int>) {
    var column = columns.lowerBound
    if maximumPairTileRowCount > 0 {
      compute(rows, inputs, &column, columns.upperBound, ColumnTiles<PanelPair>.self)
    }
    compute(rows, inputs, &column, columns.upperBound, ColumnTiles<SIMD16<Float>>.self)
    compute(rows, inputs, &column, columns.upperBound, ColumnTiles<SIMD8<Float>>.self)
    for column in column..<columns.upperBound {
      for row in rows {
        var sum: Float = 0
        for index in inputs {
          sum +=
            left.base[row * left.rowStride + index * left.columnStride]
            * right[index * columnCount + column]
        }
        let old = inputs.lowerBound == 0 ? 0 : output[row * columnCount + column]
        output[row * columnCount + column] = old + sum * scale
      }
    }
  }

  @inline(__always)
  private func compute<V: PanelVector>(
    _ rows: Range<Int>, _ inputs: Range<Int>, _ column: inout Int, _ end: Int,
    _: ColumnTiles<V>.Type
  ) {
    let count = (end - column) / V.width
    guard count > 0 else { return }
    let source = left.dropping(rows: rows.lowerBound, columns: inputs.lowerBound)
    var tiles = ColumnTiles<V>(
      count: count, input: source.base, inputStride: source.columnStride,
      rowStride: source.rowStride, inputCount: inputs.count,
      weights: right + (inputs.lowerBound * columnCount + column), columnCount: columnCount,
      target: output + (rows.lowerBound * columnCount + column), scale: scale,
      isFirst: inputs.lowerBound == 0)
    tiles.compute(rows: rows.count, maximum: maximumTileRowCount)
    column += count * V.width
  }
}

/// Neighbouring tiles of one height.
private struct ColumnTiles<V: PanelVector>: TileBody {
  let count: Int
  let input: UnsafePointer<Float>
  let inputStride: Int
  let rowStride: Int
  let inputCount: Int
  var weights: UnsafePointer<Float>
  let columnCount: Int
  var target: UnsafeMutablePointer<Float>
  let scale: Float
  let isFirst: Bool

  mutating func compute<let rows: Int>(_: TileRows<rows>.Type) {
    let half: Int = V.width / V.panelCount
    for _ in 0..<count {
      var tile = RegisterTile<rows, V, Arithmetic>()
      var (input, weights) = (input, weights)
      for _ in 0..<inputCount {
        tile.add(input, stride: rowStride, weights, panelStride: half)
        input += inputStride
        weights += columnCount
      }
      tile.finish(
        ScaledRows<V>(target: target, stride: columnCount, scale: scale, isFirst: isFirst))
      self.weights += V.width
      target += V.width
    }
  }
}

/// Adds the scaled sums of a register tile to rows that lie apart, or stores them there where nothing does yet.
private struct ScaledRows<V: PanelVector>: TileEpilogue {
  let target: UnsafeMutablePointer<Float>
  let stride: Int
  let scale: Float
  let isFirst: Bool

  @inline(__always)
  func take(_ sum: V, row: Int) {
    let place = target + row &* stride
    var result = isFirst ? V.zero : V.load(UnsafePointer(place))
    result.addProduct(scale, sum, Arithmetic.self)
    result.store(to: place)
  }
}
