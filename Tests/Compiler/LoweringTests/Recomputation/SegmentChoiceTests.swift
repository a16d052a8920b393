import TestSupport
import Testing

@testable import Lowering

struct SegmentChoiceTests {
  /// Segments between all pairs of stages, with random numbers.
  private func randomSegments(stageCount: Int, seed: UInt64) -> [Segment] {
    var generator = SeededGenerator(seed: seed)
    var segments: [Segment] = []
    for start in 0..<stageCount {
      for end in start + 1...stageCount {
        for keepsInner in [true, false] {
          segments.append(
            Segment(
              stages: start..<end, keepsInner: keepsInner,
              keptByteCount: .random(in: 0...20, using: &generator),
              seconds: Double(Int.random(in: 0...30, using: &generator)),
              peakByteCount: .random(in: 0...40, using: &generator)))
        }
      }
    }
    return segments
  }

  /// All ways through the stages.
  private func paths(_ segments: [Segment], from stage: Int, to end: Int) -> [[Segment]] {
    guard stage < end else { return [[]] }
    return segments.filter { $0.stages.lowerBound == stage }.flatMap { segment in
      paths(segments, from: segment.stages.upperBound, to: end).map { [segment] + $0 }
    }
  }

  @Test(arguments: 0..<20)
  func noWayIsCheaper(seed: UInt64) throws {
    let stageCount = 1 + Int(seed % 5)
    let segments = randomSegments(stageCount: stageCount, seed: seed)
    let choice = SegmentChoice(segments, stageCount: stageCount)
    let paths = paths(segments, from: 0, to: stageCount)
    let least = paths.map(SegmentChoice.peakByteCount).min()
    #expect(choice.leastByteCount == least)
    for limit in 0..<120 {
      let fitting = paths.filter { SegmentChoice.peakByteCount($0) <= limit }
      let best = fitting.map { $0.reduce(0) { $0 + $1.seconds } }.min()
      let chosen = choice.cheapest(within: limit)
      #expect(chosen?.reduce(0) { $0 + $1.seconds } == best)
      if let chosen {
        #expect(SegmentChoice.peakByteCount(chosen) <= limit)
        #expect(chosen.flatMap(\.stages) == Array(0..<stageCount))
      }
    }
  }

  @Test func withoutAWayThereIsNoLimit() {
    let gap = Segment(
      stages: 0..<1, keepsInner: true, keptByteCount: 1, seconds: 1, peakByteCount: 1)
    let choice = SegmentChoice([gap], stageCount: 2)
    #expect(choice.leastByteCount == nil && choice.cheapest(within: .max) == nil)
  }
}
