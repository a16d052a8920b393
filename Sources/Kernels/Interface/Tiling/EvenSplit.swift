/// `total` things in a row, cut into parts whose sizes differ by one at most, the larger first.
@usableFromInline
package struct EvenSplit: Sendable, Equatable {
  @usableFromInline package let partCount: Int
  /// Things in one of the smaller parts.
  @usableFromInline package let smallerSize: Int
  /// Parts that have one thing more.
  @usableFromInline package let largerCount: Int

  /// As few parts as possible of at most `maximumSize`, which is positive.
  @inlinable
  package init(total: Int, maximumSize: Int) {
    partCount = ceilingQuotient(total, maximumSize)
    (smallerSize, largerCount) =
      partCount > 0 ? total.quotientAndRemainder(dividingBy: partCount) : (0, 0)
  }

  /// The number of the first thing of a part; `partCount` gives `total`.
  @inlinable
  package func start(ofPart part: Int) -> Int { part * smallerSize + min(part, largerCount) }

  /// The things of one part.
  @inlinable package subscript(part: Int) -> Range<Int> {
    start(ofPart: part)..<start(ofPart: part + 1)
  }
}
