/// Some of the numbers below a limit. Adding, removing and finding neighbours visit one word for every 6
/// bits of the limit.
struct OrderedIndices {
  /// A bit a number; above it, a bit for each word of the level below that has one set.
  private var levels: [[UInt64]] = []

  init(limit: Int) {
    var count = limit
    repeat {
      count = (count + 63) / 64
      levels.append(Array(repeating: 0, count: max(count, 1)))
    } while count > 1
  }

  mutating func insert(_ index: Int) {
    var index = index
    for level in levels.indices {
      levels[level][index >> 6] |= 1 << UInt64(index & 63)
      index >>= 6
    }
  }

  mutating func remove(_ index: Int) {
    var index = index
    for level in levels.indices {
      levels[level][index >> 6] &= ~(1 << UInt64(index & 63))
      guard levels[level][index >> 6] == 0 else { return }
      index >>= 6
    }
  }

  /// The largest number below `index`.
  func before(_ index: Int) -> Int? {
    neighbour(of: index, mask: { (1 << UInt64($0)) - 1 }) { 63 - $0.leadingZeroBitCount }
  }

  /// The smallest number above `index`.
  func after(_ index: Int) -> Int? {
    neighbour(of: index, mask: { ~((2 << UInt64($0)) &- 1) }) { $0.trailingZeroBitCount }
  }

  /// - Parameters:
  ///   - mask: the bits on the wanted side of one.
  ///   - nearest: the nearest of the bits on that side.
  private func neighbour(
    of index: Int, mask: (Int) -> UInt64, nearest: (UInt64) -> Int
  ) -> Int? {
    var index = index
    for level in levels.indices {
      let bits = levels[level][index >> 6] & mask(index & 63)
      index >>= 6
      guard bits != 0 else { continue }
      index = index << 6 | nearest(bits)
      for lower in levels[..<level].reversed() { index = index << 6 | nearest(lower[index]) }
      return index
    }
    return nil
  }
}
