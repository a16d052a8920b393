/// Byte offsets of buffers in one arena.
package struct ArenaLayout: Sendable, Equatable {
  /// One offset a buffer, in the order given.
  package var byteOffsets: [Int]
  package var byteCount: Int

  package init(byteOffsets: [Int], byteCount: Int) {
    self.byteOffsets = byteOffsets
    self.byteCount = byteCount
  }
}

/// Places buffers so that those that live at the same time do not overlap, in time n log n for n buffers.
///
/// Greedy placement looks at all pairs that are live together; where there are too many of them, buffers
/// are placed in the order of time.
package func planArena(_ buffers: [BufferLifetime], alignment: Int) -> ArenaLayout {
  LifetimePairs.count(in: buffers) <= LifetimePairs.maximumCount
    ? placeGreedily(buffers, alignment: alignment)
    : placeInOrderOfTime(buffers, alignment: alignment)
}
