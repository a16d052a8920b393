import Platform

/// Finds the index of a name without allocating.
struct NameIndex: @unchecked Sendable {
  private let names: [UnsafePointer<CChar>]
  /// Indices into `names`, ordered by name and, of equal names, by index.
  private let sorted: [Int]

  /// The caller keeps the names.
  init(_ names: [UnsafePointer<CChar>]) {
    self.names = names
    sorted = names.indices.sorted {
      let order = strcmp(names[$0], names[$1])
      return order == 0 ? $0 < $1 : order < 0
    }
  }

  /// The first index that has the name; nil if none has.
  func callAsFunction(_ name: UnsafePointer<CChar>) -> Int? {
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if strcmp(names[sorted[middle]], name) < 0 { low = middle + 1 } else { high = middle }
    }
    guard low < sorted.count, strcmp(names[sorted[low]], name) == 0 else { return nil }
    return sorted[low]
  }
}
