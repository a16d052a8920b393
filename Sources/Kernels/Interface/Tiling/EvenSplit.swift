/// `total` things in a row, cut into parts whose sizes differ by one at most, the larger first.
package struct EvenSplit: Sendable, Equatable {
  package let partCount: Int
  /// Things in one of the smaller parts.
  package let smallerSize: Int
  /// Parts that have one thing more.
  package let largerCount: Int

  /// As few parts as possible of at most `maximumSize`, which is positive.
  package init(total: Int, maximumSize: Int) {
    partCount = ceilingQuotient(total, maximumSize)
    (smallerSize, largerCount) =
      partCount > 0 ? total.quotientAndRemainder(dividingBy: partCount) : (0, 0)
  }

  /// The number of the first thing of a part; `partCount` gives `total`.
  package func start(ofPart part: Int) -> Int { part * smallerSize + min(part, largerCount) }

  /// The things of one part.
  package subscript(part: Int) -> Range<Int> { start(ofPart: part)..<start(ofPart: part + 1) }
}
