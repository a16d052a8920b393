import Tensors

extension Node {
  /// An axis counted from the front; negative values count from the back.
  ///
  /// - Parameter allowsEnd: accepts `rank` itself, as `Flatten` does.
  /// - Throws: `invalidInput` if the axis lies outside the rank.
  package func normalizedAxis(_ axis: Int, rank: Int, allowsEnd: Bool = false)
    throws(TesseraError) -> Int
  {
    let last = allowsEnd ? rank : rank - 1
    guard axis >= -rank, axis <= last else {
      throw invalid(
        "the axis \(axis) lies outside \(-rank)...\(last), as its input has rank \(rank)")
    }
    return axis < 0 ? axis + rank : axis
  }

  /// Distinct axes in ascending order, counted from the front.
  package func normalizedAxes(_ axes: [Int], rank: Int) throws(TesseraError) -> [Int] {
    var seen: Set<Int> = []
    for axis in axes {
      guard seen.insert(try normalizedAxis(axis, rank: rank)).inserted else {
        throw invalid("the axes \(listDescription(axes)) name a dimension twice")
      }
    }
    return seen.sorted()
  }
}
