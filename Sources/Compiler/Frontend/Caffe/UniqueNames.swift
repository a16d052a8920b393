/// Names of which no two are equal.
struct UniqueNames {
  private var taken: Set<String>
  /// The number that the next name from the same base tries first.
  private var numbers: [String: Int] = [:]

  /// - Parameter taken: Names that none may have.
  init(taken: Set<String>) {
    self.taken = taken
  }

  /// `base`, with a number after it if it is taken.
  mutating func make(from base: String) -> String {
    var name = base
    while !taken.insert(name).inserted {
      numbers[base, default: 1] += 1
      name = "\(base)_\(numbers[base, default: 1])"
    }
    return name
  }
}
