extension Array where Element: Hashable {
  /// The elements in their order, each only where it comes first.
  package var uniqued: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
