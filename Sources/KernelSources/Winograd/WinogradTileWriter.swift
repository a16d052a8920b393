import KernelInterface
import KernelVectors

/// Which tile of which image.
struct TilePosition {
  private(set) var image: Int
  private(set) var row: Int
  private(set) var column: Int

  init(_ tile: Int, _ tiling: ConvWinogradTiling) {
    let (line, column) = tile.quotientAndRemainder(dividingBy: tiling.columnCount)
    (image, row) = line.quotientAndRemainder(dividingBy: tiling.rowCount)
    self.column = column
  }

  /// Moves to the tile with the next number.
  mutating func advance(_ tiling: ConvWinogradTiling) {
    column += 1
    guard column == tiling.columnCount else { return }
    column = 0
    row += 1
    guard row == tiling.rowCount else { return }
    row = 0
    image += 1
  }
}

/// Stores the results of tiles that are pooled, reach past the image, or have lanes that are no channels.
struct WinogradTileWriter {
  let layout: ImageLayout
  let tile: WinogradTile
  let pools: Bool

  /// Where a tile's results go.
  struct Place {
    /// The first pixel in the output.
    var target: UnsafeMutablePointer<Float>
    /// Rows and columns of the output that the tile has.
    var rowCount: Int
    var columnCount: Int
    /// True if the tile's `m × m` results are just what is to be stored.
    var isWhole: Bool
  }

  /// - Parameter plane: the start of one channel block of the tile's image, its border included.
  func place(of position: TilePosition, in plane: UnsafeMutablePointer<Float>) -> Place {
    let extent: Int = pools ? tile.outputExtent / 2 : tile.outputExtent
    let row: Int = position.row * extent
    let column: Int = position.column * extent
    let rowCount = min(extent, layout.height - row)
    let columnCount = min(extent, layout.width - column)
    return Place(
      target: plane + layout.rowOffset(row) + column * layout.channelBlock, rowCount: rowCount,
      columnCount: columnCount,
      isWhole: !pools && rowCount == extent && columnCount == extent)
  }

  /// - Parameter results: `m × m` vectors.
  func write(_ results: UnsafePointer<Float>, to place: Place, usedLanes: Int) {
    let lanes: Int = Vector.scalarCount
    let resultsRowStride: Int = tile.outputExtent * lanes
    let unused = Self.lanes(from: usedLanes)
    for row in 0..<place.rowCount {
      let target = place.target + row * layout.rowStride
      let upper = results + row * (pools ? 2 : 1) * resultsRowStride
      let lower = upper + (pools ? resultsRowStride : 0)
      for column in 0..<place.columnCount {
        var value = upper.vector(at: column * lanes)
        if pools {
          let offset: Int = column * 2 * lanes
          let top = larger(upper.vector(at: offset), upper.vector(at: offset + lanes))
          let bottom = larger(lower.vector(at: offset), lower.vector(at: offset + lanes))
          value = larger(top, bottom)
        }
        target.store(value.replacing(with: Vector.zero, where: unused), at: column * lanes)
      }
    }
  }

  /// True in the lanes from `first` on.
  private static func lanes(from first: Int) -> SIMDMask<SIMD8<Int32>> {
    SIMD8<Int32>(0, 1, 2, 3, 4, 5, 6, 7) .>= SIMD8<Int32>(repeating: Int32(clamping: first))
  }
}
