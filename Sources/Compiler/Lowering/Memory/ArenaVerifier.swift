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
  }

  // Step by step, the live slices in the order of their offsets: as long as they share no byte, a new one
  // can share bytes only with its neighbours.
  let occupied = buffers.indices.filter { buffers[$0].byteCount > 0 }
  let byOffset = occupied.sorted { layout.byteOffsets[$0] < layout.byteOffsets[$1] }
  var ranks = Array(repeating: 0, count: buffers.count)
  for (rank, index) in byOffset.enumerated() { ranks[index] = rank }
  var endings = occupied.sorted { buffers[$0].lastStep < buffers[$1].lastStep }[...]
  var live = OrderedIndices(limit: byOffset.count)
  for index in occupied.sorted(by: { buffers[$0].firstStep < buffers[$1].firstStep }) {
    while let ended = endings.first, buffers[ended].lastStep < buffers[index].firstStep {
      live.remove(ranks[ended])
      endings.removeFirst()
    }
    for rank in [live.before(ranks[index]), live.after(ranks[index])] {
      guard let other = rank.map({ byOffset[$0] }) else { continue }
      let (lower, upper) = ranks[other] < ranks[index] ? (other, index) : (index, other)
      guard layout.byteOffsets[lower] + buffers[lower].byteCount <= layout.byteOffsets[upper] else {
        throw fail(
          "buffers \(min(index, other)) and \(max(index, other)) are live together and overlap")
      }
    }
    live.insert(ranks[index])
  }
}
