/// A matrix in memory; strides are in elements.
struct StridedMatrix {
  var base: UnsafePointer<Float>
  let rowStride: Int
  let columnStride: Int

  /// The same matrix without its first rows and columns.
  func dropping(rows: Int, columns: Int) -> Self {
    Self(
      base: base + (rows * rowStride + columns * columnStride), rowStride: rowStride,
      columnStride: columnStride)
  }
}
