/// Whether the label of an image was among the first classes.
package enum Hit: Character, Sendable {
  case top1 = "1"
  case top5 = "5"
  case none = "-"
}

/// The classes by descending posterior, ties by the lower index.
package enum Ranking {
  /// How many classes a report lists and the top-5 error counts.
  package static let topCount = 5

  /// The first classes, at most `topCount`.
  package static func top(of posterior: [Double]) -> [Int] {
    let order = posterior.indices.sorted {
      (-posterior[$0], $0) < (-posterior[$1], $1)
    }
    return Array(order.prefix(topCount))
  }

  /// Where `label` stands among the first classes.
  package static func hit(_ label: Int, in top: [Int]) -> Hit {
    guard let rank = top.firstIndex(of: label) else { return .none }
    return rank == 0 ? .top1 : .top5
  }
}
