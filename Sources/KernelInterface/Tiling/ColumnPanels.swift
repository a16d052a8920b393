/// How a block of the right operand of a matrix product lies in a workspace: `[panel][row][16]`, a panel
/// being 16 columns, the last panel filled up with zeros.
package struct ColumnPanels: Sendable, Equatable {
  /// Columns of a panel: two vectors.
  package static let width = 16
  /// Rows of a block: a panel of 16 KiB stays in the L1 cache while all rows of the left operand use it.
  /// To tune it, time `tessera bench --steps` on a model whose convolutions have several groups.
  package static let maximumRowCount = 256
  /// Rows of the left operand in a register tile, which takes 12 of AVX2's 16 registers for sums.
  package static let tileRowCount = 6

  package let rowCount: Int
  package let columnCount: Int

  package init(rowCount: Int, columnCount: Int) {
    self.rowCount = rowCount
    self.columnCount = columnCount
  }

  package var panelCount: Int { ceilingQuotient(columnCount, Self.width) }

  /// Elements from a panel to the next one.
  package var panelStride: Int { rowCount * Self.width }

  /// Bytes that a product of any depth needs: a block of panels, and the sums of a register tile.
  package static func workspaceByteCount(depth: Int, columnCount: Int) -> Int {
    let block = Self(rowCount: min(depth, maximumRowCount), columnCount: columnCount)
    return (block.panelCount * block.panelStride + tileRowCount * width)
      * MemoryLayout<Float>.size
  }
}
