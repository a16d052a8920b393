import TestSupport
import Tensors
import Testing

@testable import Lowering

@Suite struct ArenaVerifierTests {
  /// Compares with a look at all pairs, on layouts of which about half overlap somewhere.
  @Test func findsEveryOverlap() {
    var generator = SeededGenerator(seed: 11)
    var overlapCount = 0
    for _ in 0..<500 {
      let buffers = (0..<6).map { _ in
        let first = Int.random(in: 0...8, using: &generator)
        return BufferLifetime(
          byteCount: Int.random(in: 0...3, using: &generator), firstStep: first,
          lastStep: first + Int.random(in: 0...3, using: &generator))
      }
      let offsets = buffers.map { _ in Int.random(in: 0...12, using: &generator) }
      let overlaps = buffers.indices.contains { first in
        buffers.indices.contains { second in
          first < second && buffers[first].overlaps(buffers[second])
            && max(offsets[first], offsets[second])
              < min(
                offsets[first] + buffers[first].byteCount,
                offsets[second] + buffers[second].byteCount)
        }
      }
      overlapCount += overlaps ? 1 : 0
      let layout = ArenaLayout(byteOffsets: offsets, byteCount: 16)
      let isRefused =
        (try? verifyArena(layout, for: buffers, alignment: 1)) == nil
      #expect(isRefused == overlaps, "\(buffers) at \(offsets)")
    }
    #expect((100...400).contains(overlapCount))
  }

  @Test func neighboursOfNumbers() {
    var generator = SeededGenerator(seed: 2)
    var indices = OrderedIndices(limit: 5000)
    var members: Set<Int> = []
    for _ in 0..<2000 {
      let index = Int.random(in: 0..<5000, using: &generator)
      if members.contains(index) {
        indices.remove(index)
        members.remove(index)
      } else {
        indices.insert(index)
        members.insert(index)
      }
      let place = Int.random(in: 0..<5000, using: &generator)
      #expect(indices.before(place) == members.filter { $0 < place }.max())
      #expect(indices.after(place) == members.filter { $0 > place }.min())
    }
  }
}
