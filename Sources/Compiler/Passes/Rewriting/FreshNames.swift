/// Names like given ones that nothing has yet: `base`, or `base_1`, `base_2`, …
package struct FreshNames {
  /// The last number that a base was given; names do not become free again.
  private var suffixes: [String: Int] = [:]

  package init() {}

  package mutating func make(from base: String, isTaken: (String) -> Bool) -> String {
    guard isTaken(base) else { return base }
    while true {
      suffixes[base, default: 0] += 1
      let name = "\(base)_\(suffixes[base, default: 0])"
      if !isTaken(name) { return name }
    }
  }
}
