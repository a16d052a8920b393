import KernelInterface

/// Which tile of which image.
struct TilePosition {
  private(set) var image: Int
  private(set) var row: Int
  private(set) var column: Int
  private let rowCount: Int
  private let columnCount: Int

  init(_ tile: Int, _ tiling: ConvWinogradTiling) {
    (rowCount, columnCount) = (tiling.rowCount, tiling.columnCount)
    let (line, column) = tile.quotientAndRemainder(dividingBy: tiling.columnCount)
    (image, row) = line.quotientAndRemainder(dividingBy: tiling.rowCount)
    self.column = column
  }

  /// Moves to the tile with the next number.
  mutating func advance() {
    column += 1
    guard column == columnCount else { return }
    column = 0
    row += 1
    guard row == rowCount else { return }
    row = 0
    image += 1
  }
}
