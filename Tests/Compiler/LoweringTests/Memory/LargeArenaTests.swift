import TestSupport
import Testing

@testable import Lowering

/// Arenas of many buffers.
@Suite struct LargeArenaTests {
  /// Buffers of random sizes, `liveCount` of them live at a time.
  private func buffers(_ count: Int, liveCount: Int, seed: UInt64) -> [BufferLifetime] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { step in
      BufferLifetime(
        byteCount: Int.random(in: 1...1 << 16, using: &generator), firstStep: step,
        lastStep: min(count - 1, step + Int.random(in: 0...2 * liveCount, using: &generator)))
    }
  }

  @Test func manyLiveBuffersStayNearTheBound() throws {
    let buffers = buffers(8000, liveCount: 1000, seed: 1)
    #expect(LifetimePairs.count(in: buffers) > LifetimePairs.maximumCount)
    let layout = planArena(buffers, alignment: 64)
    try verifyArena(layout, for: buffers, alignment: 64)
    let bound = arenaLowerBound(buffers, alignment: 64)
    #expect(layout.byteCount >= bound && layout.byteCount * 10 <= bound * 12)
  }

  /// Branches of one size that all wait for their concatenation, and a chain behind it.
  @Test func branchesAndAChainReachTheBound() throws {
    let branchCount = 2000
    let branches = (0..<branchCount).map {
      BufferLifetime(byteCount: 640, firstStep: $0, lastStep: 2 * branchCount)
    }
    let chain = (0..<4000).map {
      BufferLifetime(
        byteCount: 64 * (1 + $0 % 7), firstStep: 2 * branchCount + $0,
        lastStep: 2 * branchCount + $0 + 1)
    }
    let buffers = branches + chain
    let layout = planArena(buffers, alignment: 64)
    try verifyArena(layout, for: buffers, alignment: 64)
    #expect(layout.byteCount == arenaLowerBound(buffers, alignment: 64))
  }

  @Test func orderOfTimeIsValidForSmallGraphs() throws {
    for seed in 0..<100 as Range<UInt64> {
      let buffers = buffers(40, liveCount: 6, seed: seed)
      let layout = placeInOrderOfTime(buffers, alignment: 64)
      try verifyArena(layout, for: buffers, alignment: 64)
      #expect(layout.byteCount * 2 <= arenaLowerBound(buffers, alignment: 64) * 3)
    }
  }

  @Test func pairsAreThoseThatOverlap() {
    let buffers = buffers(60, liveCount: 8, seed: 3)
    let pairs = LifetimePairs(buffers)
    var count = 0
    for index in buffers.indices {
      let expected = buffers.indices.filter { $0 != index && buffers[$0].overlaps(buffers[index]) }
      #expect(pairs[index].sorted() == expected)
      count += expected.count
    }
    #expect(LifetimePairs.count(in: buffers) * 2 == count)
  }

  /// Four times the buffers must take far less than sixteen times the time.
  @Test(arguments: [4, 2000]) func timeGrowsWithTheNumberOfBuffers(liveCount: Int) throws {
    func seconds(_ count: Int) throws -> Double {
      let buffers = buffers(count, liveCount: liveCount, seed: 5)
      return try (0..<3).map { _ in
        try threadSeconds {
          let layout = planArena(buffers, alignment: 64)
          try verifyArena(layout, for: buffers, alignment: 64)
          _ = arenaLowerBound(buffers, alignment: 64)
        }
      }.min() ?? 0
    }
    #expect(try seconds(16000) < 8 * seconds(4000))
  }
}
