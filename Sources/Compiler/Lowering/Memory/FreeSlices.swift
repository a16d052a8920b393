/// The free parts of a growing piece of memory. Taking and giving back take constant time: free slices
/// lie in bins by size, as in TLSF (Masmano et al., "TLSF: a New Dynamic Memory Allocator for Real-Time
/// Systems", 2004).
struct FreeSlices {
  /// How far memory was ever taken.
  private(set) var byteCount = 0

  /// Slices that were free when they were put here; those that are not any more go when they are met.
  private var bins: [[Range<Int>]] = []
  /// The ends of the free slices by their starts, and the other way round.
  private var ends: [Int: Int] = [:]
  private var starts: [Int: Int] = [:]

  /// How many slices of a bin are looked at that may be too small.
  private static let searchedCount = 8

  /// Takes `size` bytes, at least 1, of a slice that is hardly larger, or of new memory.
  mutating func take(_ size: Int) -> Int {
    if let slice = tightSlice(size) ?? roomySlice(size) {
      remove(slice)
      if slice.count > size { add(slice.lowerBound + size..<slice.upperBound) }
      return slice.lowerBound
    }
    let start = starts[byteCount] ?? byteCount
    if start < byteCount { remove(start..<byteCount) }
    byteCount = start + size
    return start
  }

  /// Gives back what was taken.
  mutating func give(_ slice: Range<Int>) {
    var whole = slice
    if let start = starts[slice.lowerBound] {
      remove(start..<slice.lowerBound)
      whole = start..<whole.upperBound
    }
    if let end = ends[slice.upperBound] {
      remove(slice.upperBound..<end)
      whole = whole.lowerBound..<end
    }
    add(whole)
  }

  /// The smallest of a few slices of the size's own bin that are large enough.
  private mutating func tightSlice(_ size: Int) -> Range<Int>? {
    let bin = Self.bin(size)
    guard dropOld(bin) else { return nil }
    return bins[bin].suffix(Self.searchedCount).filter { isFree($0) && $0.count >= size }
      .min { ($0.count, $0.lowerBound) < ($1.count, $1.lowerBound) }
  }

  /// A slice of the next bin that has one: all of them are large enough.
  private mutating func roomySlice(_ size: Int) -> Range<Int>? {
    var bin = Self.bin(size) + 1
    while bin < bins.count {
      if dropOld(bin) { return bins[bin].last }
      bin += 1
    }
    return nil
  }

  /// Removes old slices from the end of a bin; false if none is left.
  private mutating func dropOld(_ bin: Int) -> Bool {
    guard bins.indices.contains(bin) else { return false }
    while let last = bins[bin].last, !isFree(last) { bins[bin].removeLast() }
    return !bins[bin].isEmpty
  }

  private func isFree(_ slice: Range<Int>) -> Bool { ends[slice.lowerBound] == slice.upperBound }

  private mutating func add(_ slice: Range<Int>) {
    ends[slice.lowerBound] = slice.upperBound
    starts[slice.upperBound] = slice.lowerBound
    let bin = Self.bin(slice.count)
    while bins.count <= bin { bins.append([]) }
    bins[bin].append(slice)
  }

  private mutating func remove(_ slice: Range<Int>) {
    ends[slice.lowerBound] = nil
    starts[slice.upperBound] = nil
  }

  /// Eight bins for each power of two.
  private static func bin(_ size: Int) -> Int {
    let power = Int.bitWidth - 1 - size.leadingZeroBitCount
    return power < 3 ? size : (power - 2) << 3 | (size >> (power - 3)) & 7
  }
}
