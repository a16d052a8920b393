/// Writes the rows of a register tile side by side, as `PanelProduct` reads them:
/// `target[k][row] = source(row, k)` for `depth` values of `k`, dense. Strides are in elements.
func packRowTile(
  _ source: UnsafePointer<Float>, rowStride: Int, columnStride: Int, rowCount: Int, depth: Int,
  into target: UnsafeMutablePointer<Float>
) {
  for row in 0..<rowCount {
    var element = source + row * rowStride
    var packed = target + row
    for _ in 0..<depth {
      packed.pointee = element.pointee
      element += columnStride
      packed += rowCount
    }
  }
}
