/// Which nodes read each value, in which of their inputs. Every change takes constant time: a use that
/// ends is taken off the count at once, and off the list when the list is read.
struct ValueUses {
  /// One input of one node.
  struct Use: Hashable {
    let node: Int
    let input: Int
  }

  private struct Uses {
    /// How many uses there are now.
    var count = 0
    /// All of them, and some that have ended.
    var candidates: [Use] = []

    mutating func add(_ use: Use) {
      count += 1
      candidates.append(use)
    }

    mutating func removeOne() {
      count -= 1
      if count == 0 { candidates = [] }
    }
  }

  private var uses: [String: Uses] = [:]

  init(minimumCapacity: Int) { uses.reserveCapacity(minimumCapacity) }

  /// How often nodes read `value`.
  func count(of value: String) -> Int { uses[value]?.count ?? 0 }

  /// What may be the uses of `value`, which the caller compares with the nodes.
  func candidates(of value: String) -> [Use] { uses[value]?.candidates ?? [] }

  /// True if a node reads `value` or has read it.
  func isKnown(_ value: String) -> Bool { uses[value] != nil }

  mutating func add(_ use: Use, of value: String) {
    uses[value, default: Uses()].add(use)
  }

  /// One use of `value` has ended.
  mutating func remove(of value: String) {
    uses[value]?.removeOne()
  }
}
