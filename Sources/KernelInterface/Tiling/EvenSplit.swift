/// Things in a row, cut into parts whose sizes differ by one at most, the larger ones first.
package struct EvenSplit: Sendable, Equatable {
  package let partCount: Int
  /// The size of the smaller parts.
  package let size: Int
  /// How many parts have one more than `size`.
  package let largerCount: Int

  /// As few parts as keep each at `maximumSize` or below.
  package init(_ count: Int, maximumSize: Int) {
    partCount = ceilingQuotient(count, maximumSize)
    (size, largerCount) =
      partCount == 0 ? (0, 0) : count.quotientAndRemainder(dividingBy: partCount)
  }

  package func start(ofPart part: Int) -> Int { part * size + min(part, largerCount) }

  package subscript(part: Int) -> Range<Int> { start(ofPart: part)..<start(ofPart: part + 1) }
}
