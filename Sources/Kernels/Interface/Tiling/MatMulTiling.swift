/// How a batched matrix product is cut: an item computes a tile of one product, in blocks of
/// `ColumnPanels` of the right operand.
package struct MatMulTiling: Sendable, Equatable {
  /// Rows and columns of a tile: enough to use what was brought into order many times, few enough to feed
  /// several threads. To tune it, time `tessera bench` on a model with run-time products.
  static let maximumExtent = 256

  package let rows: EvenSplit
  package let columns: EvenSplit
  package let workspaceByteCount: Int

  package init(_ product: MatMulDescriptor) {
    rows = EvenSplit(total: product.m, maximumSize: Self.maximumExtent)
    columns = EvenSplit(total: product.n, maximumSize: Self.maximumExtent)
    workspaceByteCount =
      ColumnPanels.workspaceElementCount(
        depth: product.k, columnCount: min(product.n, Self.maximumExtent))
      * MemoryLayout<Float>.size
  }
}
