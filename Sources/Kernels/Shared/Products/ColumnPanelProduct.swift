import KernelInterface
import KernelVectors

/// A product with a block of columns: `output(r, c) += scale · Σ_k left(r, k) · right(k, c)`.
///
/// The sum is formed from zero in the order of `k`, scaled, then added; in the first block of a product
/// it is stored instead. `layout` says what lies where in the workspace.
struct ColumnPanelProduct {
  let layout: ColumnPanels
  let workspace: UnsafeMutablePointer<Float>

  /// Brings rows of the right operand into the workspace: row `k` of `right` is row `rows.lowerBound + k`
  /// of the block.
  func pack(rows: Range<Int>, of right: StridedMatrix) {
    let width = ColumnPanels.width
    for panel in 0..<layout.panelCount {
      let first: Int = panel * width
      let count = min(width, layout.columnCount - first)
      var source = right.base + first * right.columnStride
      var target = workspace + (panel * layout.panelStride + rows.lowerBound * width)
      for _ in 0..<rows.count {
        if count == width && right.columnStride == 1 {
          target.store(source.vector(at: 0), at: 0)
          target.store(source.vector(at: Vector.scalarCount), at: Vector.scalarCount)
        } else {
          for lane in 0..<count { target[lane] = source[lane * right.columnStride] }
          (target + count).fillZero(count: width - count)
        }
        source += right.rowStride
        target += width
      }
    }
  }

  /// Multiplies `rowCount` rows of the left operand by the block; the rows of the output are
  /// `outputRowStride` elements apart.
  func multiply(
    _ left: StridedMatrix, rowCount: Int, scale: Float, isFirst: Bool,
    into output: UnsafeMutablePointer<Float>, outputRowStride: Int
  ) {
    let (tiles, blocks) = ColumnPanels.tiles(rowCount: rowCount)
    let packedRows = workspace + layout.rowsOffset
    let sums = workspace + layout.sumsOffset
    for block in 0..<blocks.partCount {
      let blockTiles = blocks[block]
      let firstRow = tiles.start(ofPart: blockTiles.lowerBound)
      let blockRowCount = tiles.start(ofPart: blockTiles.upperBound) - firstRow
      for tile in blockTiles {
        let rows = tiles[tile]
        packRowTile(
          left.dropping(rows: rows.lowerBound, columns: 0).base, rowStride: left.rowStride,
          columnStride: left.columnStride, rowCount: rows.count, depth: layout.depth,
          into: packedRows + (rows.lowerBound - firstRow) * layout.depth)
      }
      for panel in 0..<layout.panelCount {
        let columns = workspace + panel * layout.panelStride
        var product = PanelProduct(
          input: packedRows, inputCount: layout.depth, weights: columns, target: sums,
          isFirst: true, upcoming: UpcomingLines(columns, byteCount: 0, stepCount: 1))
        product.compute(tiles: blockTiles, of: tiles, vectorCount: 2)
        finish(
          sums, rowCount: blockRowCount, panel: panel, scale: scale, isFirst: isFirst,
          output + firstRow * outputRowStride, outputRowStride)
      }
    }
  }

  /// Adds the sums of a panel to the output, or stores them.
  private func finish(
    _ sums: UnsafeMutablePointer<Float>, rowCount: Int, panel: Int, scale: Float, isFirst: Bool,
    _ output: UnsafeMutablePointer<Float>, _ outputRowStride: Int
  ) {
    let first: Int = panel * ColumnPanels.width
    for offset in stride(from: 0, to: ColumnPanels.width, by: Vector.scalarCount) {
      let count = min(Vector.scalarCount, layout.columnCount - first - offset)
      guard count > 0 else { return }
      for row in 0..<rowCount {
        let sum = sums + (row * ColumnPanels.width + offset)
        let target = output + (row * outputRowStride + first + offset)
        let scaled = sum.vector(at: 0) * scale
        if count == Vector.scalarCount {
          target.store(isFirst ? scaled : target.vector(at: 0) + scaled, at: 0)
        } else {
          sum.store(scaled, at: 0)
          for lane in 0..<count { target[lane] = isFirst ? sum[lane] : target[lane] + sum[lane] }
        }
      }
    }
  }
}
