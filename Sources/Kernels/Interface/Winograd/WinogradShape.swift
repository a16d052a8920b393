/// The tiles of a Winograd convolution: F(m×m, r×r) as Lavin and Gray use it ("Fast Algorithms for
/// Convolutional Neural Networks", 2015), or F(1×m, 1×r) and F(m×1, r×1) for windows of one row or column.
package struct WinogradShape: Hashable, Sendable {
  private static let kernelExtents = [3, 5, 7]

  package let tile: WinogradTile
  /// The algorithm down a column of a tile.
  package let rows: WinogradAxis
  /// The algorithm along a row of a tile.
  package let columns: WinogradAxis

  /// Of a 3×3 window.
  package init(_ tile: WinogradTile) {
    self.tile = tile
    rows = WinogradAxis(kernelExtent: 3, inputExtent: tile.pointCount(isOneDimensional: false))
    columns = rows
  }

  /// Nil for windows that are neither square nor of one row or column, of other than 3, 5 or 7 taps along an axis, or of
  /// too many for the size of the tile.
  package init?(_ tile: WinogradTile, kernelHeight: Int, kernelWidth: Int) {
    let (taps, others) = (max(kernelHeight, kernelWidth), min(kernelHeight, kernelWidth))
    let pointCount = tile.pointCount(isOneDimensional: others == 1)
    guard Self.kernelExtents.contains(taps), others == taps || others == 1, pointCount > taps else {
      return nil
    }
    func axis(_ extent: Int) -> WinogradAxis {
      WinogradAxis(kernelExtent: extent, inputExtent: extent == 1 ? 1 : pointCount)
    }
    self.tile = tile
    (rows, columns) = (axis(kernelHeight), axis(kernelWidth))
  }

  /// Points of the transform: multiplications for a tile of results.
  package var pointCount: Int { rows.inputExtent * columns.inputExtent }
  package var isOneDimensional: Bool { !rows.isTransformed || !columns.isTransformed }
  /// That of both dimensions, or of the one that is transformed.
  package var transformedAxis: WinogradAxis { rows.isTransformed ? rows : columns }
}
