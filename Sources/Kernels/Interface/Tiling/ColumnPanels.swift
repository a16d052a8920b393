/// How a product of strided matrices, `left` (`[row][k]`) times `right` (`[k][column]`), uses a workspace:
/// a block of `right` as `[panel][k][16]`, a panel being 16 columns, the last one filled up with zeros;
/// a block of `left` as `[tile][k][row of the tile]`; the sums `[row][16]` of that block and one panel.
package struct ColumnPanels: Sendable, Equatable {
  /// Columns of a panel: two vectors.
  package static let width = 16
  /// Largest depth of a block: a panel of 16 KiB stays in the L1 cache while all tiles of a block of rows
  /// use it. To tune it, time `tessera bench` on a model with run-time products.
  package static let maximumDepth = 256
  /// Rows of a register tile of packed rows, of fully connected layers too: with 2 vectors of columns, 12
  /// of AVX2's 16 registers hold sums, 2 hold weights and 1 an input.
  package static let maximumTileHeight = 6
  /// Tiles of a block of rows: 96 KiB of the L2 cache. To tune it, as `maximumDepth`.
  private static let maximumTilesPerBlock = 16

  /// The extent that is summed over.
  package let depth: Int
  package let columnCount: Int

  package init(depth: Int, columnCount: Int) {
    self.depth = depth
    self.columnCount = columnCount
  }

  package var panelCount: Int { ceilingQuotient(columnCount, Self.width) }

  /// Elements from a panel to the next one.
  package var panelStride: Int { depth * Self.width }

  /// Elements from the start of the workspace to the block of `left`.
  package var rowsOffset: Int { panelCount * panelStride }

  /// Elements from the start of the workspace to the sums.
  package var sumsOffset: Int { rowsOffset + depth * Self.maximumRowCount }

  private static var maximumRowCount: Int { maximumTileHeight * maximumTilesPerBlock }

  /// The rows of `left` in register tiles, and those in blocks.
  package static func tiles(rowCount: Int) -> (rows: EvenSplit, blocks: EvenSplit) {
    let rows = EvenSplit(total: rowCount, maximumSize: maximumTileHeight)
    return (rows, EvenSplit(total: rows.partCount, maximumSize: maximumTilesPerBlock))
  }

  /// The blocks of a product that is summed over `depth`.
  package static func depthBlocks(_ depth: Int) -> EvenSplit {
    EvenSplit(total: depth, maximumSize: maximumDepth)
  }

  /// Elements that a product of any depth needs.
  package static func workspaceElementCount(depth: Int, columnCount: Int) -> Int {
    let largest = Self(depth: min(depth, maximumDepth), columnCount: columnCount)
    return largest.sumsOffset + maximumRowCount * width
  }
}
