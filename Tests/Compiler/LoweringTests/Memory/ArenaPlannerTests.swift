import Lowering
import Tensors
import TestSupport
import Testing

@Suite struct ArenaPlannerTests {
  /// Lifetimes with the answer: (bytes, first step, last step) → offset.
  @Test(
    arguments: [
      (
        "a chain reuses the buffer before the last",
        [(100, 0, 1), (200, 1, 2), (100, 2, 3), (50, 3, 4)], 384
      ),
      ("buffers that never meet share one place", [(64, 0, 0), (64, 1, 1), (64, 2, 2)], 64),
      (
        "buffers that all meet lie side by side", [(64, 0, 5), (65, 0, 5), (1, 0, 5)], 64 + 128 + 64
      ),
      (
        "a long-lived small buffer does not split the arena",
        [(640, 0, 1), (64, 0, 9), (640, 2, 3)], 704
      ),
      ("an empty buffer takes nothing", [(0, 0, 9), (64, 0, 9)], 64),
      ("no buffers", [], 0),
    ] as [(String, [(Int, Int, Int)], Int)])
  func reachesTheBound(_ name: String, _ rows: [(Int, Int, Int)], _ expected: Int) throws {
    let buffers = rows.map { BufferLifetime(byteCount: $0.0, firstStep: $0.1, lastStep: $0.2) }
    let layout = planArena(buffers, alignment: 64)
    #expect(layout.byteCount == expected, "\(name)")
    #expect(arenaLowerBound(buffers, alignment: 64) == expected, "\(name)")
    try verifyArena(layout, for: buffers, alignment: 64)
  }

  @Test func randomLifetimesNeverOverlapAndStayNearTheBound() throws {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<300 {
      let buffers = (0..<Int.random(in: 1...24, using: &generator)).map { _ in
        let first = Int.random(in: 0...20, using: &generator)
        return BufferLifetime(
          byteCount: Int.random(in: 0...4096, using: &generator), firstStep: first,
          lastStep: first + Int.random(in: 0...6, using: &generator))
      }
      let layout = planArena(buffers, alignment: 64)
      try verifyArena(layout, for: buffers, alignment: 64)
      let bound = arenaLowerBound(buffers, alignment: 64)
      // Interval colouring is within a factor of 2 of the bound by theory, far closer in practice.
      #expect(layout.byteCount >= bound && layout.byteCount * 2 <= bound * 3)
    }
  }

  @Test func verifierFindsWhatIsWrong() {
    let buffers = [
      BufferLifetime(byteCount: 64, firstStep: 0, lastStep: 1),
      BufferLifetime(byteCount: 64, firstStep: 1, lastStep: 2),
    ]
    let wrong: [ArenaLayout] = [
      ArenaLayout(byteOffsets: [0, 0], byteCount: 128),
      ArenaLayout(byteOffsets: [0, 32], byteCount: 128),
      ArenaLayout(byteOffsets: [0, 64], byteCount: 127),
      ArenaLayout(byteOffsets: [0], byteCount: 128),
    ]
    for layout in wrong {
      #expect(throws: TesseraError.self) { try verifyArena(layout, for: buffers, alignment: 64) }
    }
    let right = ArenaLayout(byteOffsets: [0, 64], byteCount: 128)
    #expect(throws: Never.self) { try verifyArena(right, for: buffers, alignment: 64) }
  }
}
