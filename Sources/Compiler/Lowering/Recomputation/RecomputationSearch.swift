import ExecutionPlan
import KernelInterface
import Tensors

extension TrainingSteps {
  /// Keeps as much for the backward steps as an arena of `byteCount` bytes has room for, so that what is computed
  /// again takes the least time.
  ///
  /// `SegmentChoice` says what is kept, `RecomputedSteps` what becomes of it. The choice counts live bytes: where the
  /// arena's layout takes more, or steps read what was left long before, a lower limit is chosen for until the
  /// arena fits.
  ///
  /// - Parameter seconds: of each step.
  /// - Returns: the steps whose arena fits, or those whose arena is smallest.
  func recomputing(within byteCount: Int, seconds: [Double]) -> RecomputedSteps {
    let unchanged = RecomputedSteps(drafts: drafts)
    guard unchanged.arenaByteCount > byteCount else { return unchanged }
    let stages = ForwardStages(self)
    let memory = SegmentMemory(self, stages, seconds: seconds)
    let choice = SegmentChoice(memory.segments(), stageCount: stages.count)
    guard let least = choice.leastByteCount else { return unchanged }
    var limit = byteCount
    while limit > least, let segments = choice.cheapest(within: limit) {
      let result = recomputing(keeping: kept(segments, memory))
      let excess = result.arenaByteCount - byteCount
      if excess <= 0 { return result }
      limit = SegmentChoice.peakByteCount(segments) - max(1, excess / Self.excessDivisor)
    }
    // A choice of more live bytes may have the smaller arena.
    let smallest = (0..<Self.smallestCount).compactMap { part in
      choice.cheapest(within: least + part * least / Self.smallestDivisor)
    }
    return ([unchanged] + smallest.map { recomputing(keeping: kept($0, memory)) })
      .min { $0.arenaByteCount < $1.arenaByteCount } ?? unchanged
  }

  /// How many choices are looked at for the smallest arena, and by what part of the least limit theirs differ.
  private static let smallestCount = 4
  private static let smallestDivisor = 32
  /// By what part of the bytes that an arena takes too many the limit of the next choice is lower.
  private static let excessDivisor = 4

  private func kept(_ segments: [Segment], _ memory: SegmentMemory) -> [Bool] {
    var isKept = bufferByteCounts.map { _ in false }
    for segment in segments {
      for buffer in memory.kept(segment.stages, keepsInner: segment.keepsInner) {
        isKept[buffer] = true
      }
    }
    return isKept
  }
}

extension RecomputedSteps {
  fileprivate var arenaByteCount: Int {
    planArena(drafts.lifetimes, alignment: planAlignment).byteCount
  }
}

extension StepDrafts {
  /// Computes values anew where the arena would take more than the limit; nil if none is.
  ///
  /// - Throws: `TesseraError` if the time of a step cannot be estimated.
  mutating func recompute(
    within limit: RecomputationLimit, kept: [String: Operand], _ options: LoweringOptions
  ) throws(TesseraError) -> Recomputation? {
    guard let place = kept[limit.loss],
      let loss = steps.firstIndex(where: { $0.operands.contains(.kept(place)) })
    else { return nil }
    var seconds: [Double] = []
    for step in steps {
      let call = KernelCall(kernel: step.kernel, descriptor: step.descriptor)
      seconds.append(try options.stepTimes.seconds(call, kernels: options.kernels))
    }
    let training = TrainingSteps(self, forwardCount: loss + 1)
    let result = training.recomputing(within: limit.arenaByteCount, seconds: seconds)
    guard !result.copied.isEmpty else { return nil }
    let recomputation = Recomputation(
      stepNames: result.copied.map { steps[$0].name }, forwardStepCount: loss + 1,
      seconds: result.copied.reduce(0) { $0 + seconds[$1] },
      secondsWithout: seconds.reduce(0, +))
    self = result.drafts
    return recomputation
  }
}
