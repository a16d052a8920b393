/// How a product with few left rows is cut, whose right operand is read once, where it lies: an item computes the
/// outputs of some columns. Nil says that bringing the right operand into order pays.
package struct NarrowProductTiling: Sendable, Equatable {
  /// Left rows at most. To tune it, time `TrainingBenchmark vgg-a.onnxtxt --steps` with larger shards.
  static let maximumRowCount = 32
  /// Elements of the right operand from which on it does not fit into caches.
  static let minimumElementCount = 1 << 18
  /// Columns of an item: enough that memory is read in long runs, few enough that their sums stay in a cache.
  static let maximumColumnCount = 512
  /// Right rows of an item where each of them gives an output.
  static let maximumDotCount = 32
  /// Depth of a block whose sums are formed in registers.
  package static let dotDepth = 1024
  package static let columnDepth = 16

  package let columns: EvenSplit

  package init?(_ product: MatMulDescriptor) {
    let (elementCount, overflow) = product.k.multipliedReportingOverflow(by: product.n)
    guard product.m <= Self.maximumRowCount, overflow || elementCount >= Self.minimumElementCount,
      product.k >= Self.columnDepth, product.n >= Self.columnDepth
    else { return nil }
    if product.transposesRight {
      guard !product.transposesLeft, product.k >= 256 else { return nil }
      columns = EvenSplit(total: product.n, maximumSize: Self.maximumDotCount)
    } else {
      columns = EvenSplit(total: product.n, maximumSize: Self.maximumColumnCount)
    }
  }
}
