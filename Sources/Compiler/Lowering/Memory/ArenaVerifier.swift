import Tensors

/// Checks a layout independently of how it was made: every slice is aligned, lies inside the arena
/// and shares no byte with another slice that lives at the same time.
package func verifyArena(
  _ layout: ArenaLayout, for buffers: [BufferLifetime], alignment: Int
) throws(TesseraError) {
  func fail(_ message: String) -> TesseraError {
    TesseraError(.invalidInput, "internal error in the memory planner: \(message)")
  }
  guard layout.byteOffsets.count == buffers.count else { throw fail("a buffer has no offset") }
  for (index, buffer) in buffers.enumerated() {
    let start = layout.byteOffsets[index]
    guard start >= 0, start % alignment == 0, start + buffer.byteCount <= layout.byteCount else {
      throw fail("buffer \(index) lies outside the arena")
    }
    for other in 0..<index where buffers[other].overlaps(buffer) {
      let otherStart = layout.byteOffsets[other]
      let isDisjoint =
        start + buffer.byteCount <= otherStart || otherStart + buffers[other].byteCount <= start
      guard isDisjoint || buffer.byteCount == 0 || buffers[other].byteCount == 0 else {
        throw fail("buffers \(other) and \(index) are live together and overlap")
      }
    }
  }
}
