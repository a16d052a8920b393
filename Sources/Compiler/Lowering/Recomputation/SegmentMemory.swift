import ExecutionPlan

/// What segments of a training take.
struct SegmentMemory {
  private let training: TrainingSteps
  private let stages: ForwardStages
  /// Of each step.
  private let seconds: [Double]
  /// Bytes of buffers that cannot be recomputed: live at each step, and live before and at it.
  private let fixedAt: [Int]
  private let fixedAcross: [Int]
  /// The last forward step that touches each buffer.
  private let lastForwardUses: [Int]

  /// - Parameter seconds: of each step.
  init(_ training: TrainingSteps, _ stages: ForwardStages, seconds: [Double]) {
    (self.training, self.stages, self.seconds) = (training, stages, seconds)
    let stepCount = training.steps.count
    var (at, across) = (LiveSum(stepCount: stepCount), LiveSum(stepCount: stepCount))
    for (buffer, life) in training.lifetimes.enumerated() where !training.isRecomputable[buffer] {
      let byteCount = aligned(life.byteCount, to: planAlignment)
      at.add(byteCount, life.firstStep...life.lastStep)
      if life.firstStep < life.lastStep {
        across.add(byteCount, life.firstStep + 1...life.lastStep)
      }
    }
    (fixedAt, fixedAcross) = (at.values, across.values)
    var uses = training.bufferByteCounts.map { _ in 0 }
    for step in 0..<training.forwardCount {
      for buffer in training.reads[step] + training.writes[step] { uses[buffer] = step }
    }
    lastForwardUses = uses
  }

  /// All segments of the stages.
  func segments() -> [Segment] {
    var segments: [Segment] = []
    for start in 0..<stages.count {
      for end in start + 1...stages.count {
        segments.append(segment(start..<end, keepsInner: true))
        if !stages.inner[end - 1].isEmpty {
          segments.append(segment(start..<end, keepsInner: false))
        }
      }
    }
    return segments
  }

  /// The buffers that the segment keeps.
  func kept(_ range: Range<Int>, keepsInner: Bool) -> [Int] {
    let last = range.upperBound - 1
    return (keepsInner ? stages.inner[last] : [])
      + (stages.outputs.indices.contains(last) ? [stages.outputs[last]] : [])
  }

  private func segment(_ range: Range<Int>, keepsInner: Bool) -> Segment {
    let kept = kept(range, keepsInner: keepsInner)
    var isKept = training.bufferByteCounts.map { _ in true }
    for stage in range { for buffer in stages.buffers[stage] { isKept[buffer] = false } }
    for buffer in kept { isKept[buffer] = true }
    let backward =
      stages.backwardStarts[range.upperBound]..<stages.backwardStarts[range.lowerBound]
    let entries = training.order(of: backward, keeping: isKept)
    return Segment(
      stages: range, keepsInner: keepsInner,
      keptByteCount: kept.reduce(0) { $0 + byteCount($1) },
      seconds: entries.reduce(0) { $1.isCopy ? $0 + seconds[$1.step] : $0 },
      peakByteCount: max(
        forwardPeak(range, isKept), backwardPeak(range, entries, end: backward.upperBound, isKept)))
  }

  private func byteCount(_ buffer: Int) -> Int {
    aligned(training.bufferByteCounts[buffer], to: planAlignment)
  }

  private func forwardPeak(_ range: Range<Int>, _ isKept: [Bool]) -> Int {
    let first = stages.forward[range.lowerBound].lowerBound
    let end = stages.forward[range.upperBound - 1].upperBound
    guard first < end else { return 0 }
    var live = LiveSum(stepCount: end - first)
    for buffer in stages.buffers[range].joined() {
      let start = training.lifetimes[buffer].firstStep
      let last = isKept[buffer] ? end - 1 : min(end - 1, lastForwardUses[buffer])
      live.add(byteCount(buffer), start - first...max(start, last) - first)
    }
    return zip(live.values, fixedAt[first..<end]).map { $0 + $1 }.max() ?? 0
  }

  /// - Parameter end: the first step after the entries.
  private func backwardPeak(
    _ range: Range<Int>, _ entries: [TrainingSteps.Entry], end: Int, _ isKept: [Bool]
  ) -> Int {
    guard let last = entries.indices.last else { return 0 }
    var copies: [Int: ClosedRange<Int>] = [:]
    var lastReads: [Int: Int] = [:]
    func touchCopy(of buffer: Int, at index: Int) {
      copies[buffer] = (copies[buffer]?.lowerBound ?? index)...index
    }
    for (index, entry) in entries.enumerated() {
      for buffer in training.reads[entry.step] {
        if training.isDropped(buffer, isKept) {
          touchCopy(of: buffer, at: index)
        } else {
          lastReads[buffer] = index
        }
      }
      if entry.isCopy {
        for buffer in training.writes[entry.step] { touchCopy(of: buffer, at: index) }
      }
    }
    func isReadLater(_ buffer: Int) -> Bool { training.lifetimes[buffer].lastStep >= end }
    var live = LiveSum(stepCount: entries.count)
    for (buffer, life) in copies {
      let stays = training.isDropped(buffer, isKept) && isReadLater(buffer)
      live.add(byteCount(buffer), life.lowerBound...(stays ? last : life.upperBound))
    }
    for buffer in stages.buffers[range].joined() where isKept[buffer] {
      guard let end = isReadLater(buffer) ? last : lastReads[buffer] else { continue }
      live.add(byteCount(buffer), 0...end)
    }
    return zip(live.values, fixed(entries)).map { $0 + $1 }.max() ?? 0
  }

  /// The bytes of buffers that cannot be recomputed at each entry: at a copy, those that are live across it.
  private func fixed(_ entries: [TrainingSteps.Entry]) -> [Int] {
    var next = 0
    let fixed = entries.reversed().map { entry in
      guard !entry.isCopy else { return next }
      next = fixedAcross[entry.step]
      return fixedAt[entry.step]
    }
    return fixed.reversed()
  }
}

/// A sum of byte counts at each step, of lives that are added in any order.
private struct LiveSum {
  private var changes: [Int]

  init(stepCount: Int) { changes = Array(repeating: 0, count: stepCount + 1) }

  mutating func add(_ byteCount: Int, _ life: ClosedRange<Int>) {
    changes[life.lowerBound] += byteCount
    changes[life.upperBound + 1] -= byteCount
  }

  var values: [Int] {
    var sum = 0
    return changes.dropLast().map { change in
      sum += change
      return sum
    }
  }
}
