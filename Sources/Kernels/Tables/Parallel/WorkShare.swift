import Synchronization

/// The chunks of a phase that one thread begins with and that no thread has claimed yet.
///
/// Its thread claims from the front, threads that have nothing left from the back. The word holds the
/// phase's number in its upper half, below it where the share begins and ends; so a claim fails once
/// the phase is another.
struct WorkShare: ~Copyable {
  static let maximumChunkCount = 0xFFFF

  private let word = Atomic<UInt64>(0)
  /// Keeps the words of two threads on lines of their own, and on pairs of lines that are fetched as one.
  private let padding = InlineArray<15, UInt64>(repeating: 0)

  /// The number of the phase that the share belongs to.
  var phaseNumber: UInt32 { UInt32(word.load(ordering: .acquiring) >> 32) }

  func set(phaseNumber: UInt32, chunks: Range<Int>) {
    word.store(
      UInt64(phaseNumber) << 32 | UInt64(chunks.lowerBound) << 16 | UInt64(chunks.upperBound),
      ordering: .releasing)
  }

  /// Claims a chunk of the phase of this number; nil if there is none left.
  func claim(phaseNumber: UInt32, fromBack: Bool) -> Int? {
    var seen = word.load(ordering: .acquiring)
    while true {
      let start = Int(seen >> 16 & 0xFFFF)
      let end = Int(seen & 0xFFFF)
      guard UInt32(seen >> 32) == phaseNumber, start < end else { return nil }
      let (exchanged, original) = word.weakCompareExchange(
        expected: seen, desired: fromBack ? seen - 1 : seen + 0x10000,
        ordering: .acquiringAndReleasing)
      if exchanged { return fromBack ? end - 1 : start }
      seen = original
    }
  }
}
