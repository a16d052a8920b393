import ExecutionPlan
import TestSupport
import Testing

@testable import Lowering

struct RecomputationSearchTests {
  /// A chain of convolutions with masks, such as those of VGG networks, of random sizes.
  private func chain(length: Int, seed: UInt64) -> StepText {
    var generator = SeededGenerator(seed: seed)
    var lines: [String] = []
    let sizes = (0...length).map { _ in Int.random(in: 1...12, using: &generator) }
    for index in 1...length {
      lines.append(
        "v\(index) \(sizes[index]) = conv \(index == 1 ? "x" : "v\(index - 1)")"
          + (Bool.random(using: &generator) ? " +\(Int.random(in: 1...6, using: &generator))" : ""))
    }
    lines += ["loss = sum v\(length)", "d\(length) \(sizes[length]) = spread v\(length)"]
    for index in (2...length).reversed() {
      lines.append("w\(index) = weights v\(index - 1) d\(index)")
      lines.append("d\(index - 1) \(sizes[index - 1]) = back d\(index) v\(index - 1)")
    }
    lines.append("w1 = weights x d1")
    return StepText(lines.joined(separator: "\n"))
  }

  private func seconds(_ text: StepText, seed: UInt64) -> [Double] {
    var generator = SeededGenerator(seed: seed)
    return text.training.steps.map { _ in Double(Int.random(in: 1...9, using: &generator)) }
  }

  private func liveByteCount(_ result: RecomputedSteps) -> Int {
    arenaLowerBound(result.drafts.lifetimes, alignment: planAlignment)
  }

  private func cost(_ result: RecomputedSteps, _ seconds: [Double]) -> Double {
    result.copied.reduce(0) { $0 + seconds[$1] }
  }

  /// Every set of buffers that may be kept: the bytes that are then live, and the time of the copies.
  private func allChoices(
    _ text: StepText, _ seconds: [Double]
  ) -> [(byteCount: Int, seconds: Double)] {
    let names = text.names.filter { $0.hasPrefix("v") }
    return (0..<1 << names.count).map { set in
      let kept = names.indices.filter { set & 1 << $0 != 0 }.map { names[$0] }
      let result = text.training.recomputing(keeping: text.kept(Set(kept)))
      return (liveByteCount(result), cost(result, seconds))
    }
  }

  /// No set of kept values does better within any limit.
  @Test(arguments: 1...12)
  func chainsAreSolvedExactly(seed: UInt64) throws {
    let text = chain(length: 3 + Int(seed % 5), seed: seed)
    let seconds = seconds(text, seed: seed)
    let all = allChoices(text, seconds)
    let stages = ForwardStages(text.training)
    let memory = SegmentMemory(text.training, stages, seconds: seconds)
    let choice = SegmentChoice(memory.segments(), stageCount: stages.count)
    #expect(choice.leastByteCount == all.map(\.byteCount).min())
    for limit in Set(all.map(\.byteCount)) {
      let best = all.filter { $0.byteCount <= limit }.map(\.seconds).min()
      let segments = choice.cheapest(within: limit)
      #expect(segments?.reduce(0) { $0 + $1.seconds } == best)
      var kept: Set<Int> = []
      for segment in segments ?? [] {
        kept.formUnion(memory.kept(segment.stages, keepsInner: segment.keepsInner))
      }
      let result = text.training.recomputing(keeping: text.names.indices.map(kept.contains))
      #expect(liveByteCount(result) <= limit)
      #expect(cost(result, seconds) == best)
    }
  }

  private func requireLimits(_ text: StepText, _ seconds: [Double]) throws {
    let free = text.training.recomputing(within: .max, seconds: seconds)
    #expect(free.copied.isEmpty)
    let all = planArena(free.drafts.lifetimes, alignment: planAlignment).byteCount
    let smallest = text.training.recomputing(within: 0, seconds: seconds)
    let least = planArena(smallest.drafts.lifetimes, alignment: planAlignment).byteCount
    #expect(least < all)
    for limit in stride(from: least, through: all, by: planAlignment) {
      let result = text.training.recomputing(within: limit, seconds: seconds)
      let layout = planArena(result.drafts.lifetimes, alignment: planAlignment)
      #expect(layout.byteCount <= limit)
      #expect(result.copied.isEmpty == (limit == all))
    }
  }

  @Test(arguments: 1...4)
  func everyLimitOfAChainIsKept(seed: UInt64) throws {
    let text = chain(length: 8, seed: seed)
    try requireLimits(text, seconds(text, seed: seed))
  }

  /// Residual blocks, with a statistic that the backward part reads and a buffer that two steps write.
  @Test func everyLimitOfBranchesIsKept() throws {
    var lines = ["v0 8 = conv x"]
    for block in 1...4 {
      lines += [
        "a\(block) 8 = conv v\(block - 1) +3", "m\(block) 1 = mean a\(block)",
        "b\(block) 8 = conv a\(block) m\(block)", "c\(block) 12 = part a\(block)",
        "c\(block) 12 = part b\(block)", "v\(block) 8 = add v\(block - 1) c\(block)",
      ]
    }
    lines += ["loss = sum v4", "d4 8 = spread v4"]
    for block in (1...4).reversed() {
      lines += [
        "e\(block) 12 = back d\(block) c\(block) v\(block)",
        "w\(block) = weights a\(block) e\(block)",
        "f\(block) 8 = back e\(block) m\(block) b\(block)",
        "u\(block) = weights v\(block - 1) f\(block)",
        "d\(block - 1) 8 = back f\(block) a\(block) d\(block)",
      ]
    }
    lines.append("w0 = weights x d0")
    let text = StepText(lines.joined(separator: "\n"))
    try requireLimits(text, seconds(text, seed: 5))
  }

  @Test func withoutBackwardStepsNothingChanges() {
    let text = StepText("a 4 = conv x\nb 4 = conv a\nloss = sum b")
    #expect(text.training.recomputing(within: 0, seconds: [1, 1, 1]).copied.isEmpty)
  }
}
