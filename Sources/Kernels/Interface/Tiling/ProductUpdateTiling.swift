/// How an update by a product is cut: an item updates some columns of some rows.
package struct ProductUpdateTiling: Sendable, Equatable {
  /// Rows of an item: enough to use columns of the right factor many times.
  static let maximumRowCount = 256
  /// Elements of the right factor that stay in a cache. To tune it, time `TrainingBenchmark vgg-a.onnxtxt`.
  static let maximumElementCount = 1 << 15
  /// Columns of an item, since memory is read in runs of them.
  static let columnCounts = 128...1024

  package let rows: EvenSplit
  package let columns: EvenSplit

  package init(_ update: ProductUpdateDescriptor) {
    let width = Self.maximumElementCount / max(1, update.count)
    rows = EvenSplit(total: update.rows, maximumSize: Self.maximumRowCount)
    columns = EvenSplit(
      total: update.columns,
      maximumSize: min(max(width, Self.columnCounts.lowerBound), Self.columnCounts.upperBound))
  }
}
