import KernelInterface

/// The forward steps cut into stages wherever one buffer alone goes from the steps before to those after, as
/// between the layers of a chain or the blocks of a residual network; and the backward steps of each stage.
struct ForwardStages {
  /// How many stages there are at most: the choice takes time that grows with the square.
  private static let maximumCount = 64

  /// The forward steps of each stage.
  private(set) var forward: [Range<Int>] = []
  /// The buffer that each stage but the last hands to the next.
  private(set) var outputs: [Int] = []
  /// The recomputable buffers that steps of each stage write.
  private(set) var buffers: [[Int]] = []
  /// Those of them that backward steps read, but for the output.
  private(set) var inner: [[Int]] = []
  /// Where the backward steps of stages below each stage start: those of stage `s` are
  /// `backwardStarts[s + 1]..<backwardStarts[s]`.
  private(set) var backwardStarts: [Int] = []

  var count: Int { forward.count }

  init(_ training: TrainingSteps) {
    let cuts = Self.narrowest(Self.cuts(training), in: training)
    let starts = [0] + cuts.map(\.step)
    let ends = cuts.map(\.step) + [training.forwardCount]
    forward = zip(starts, ends).map { $0..<$1 }
    outputs = cuts.map(\.buffer)
    findBuffers(training)
    findBackwardStarts(training)
  }

  /// The first step after a cut, and the buffer that goes across.
  private typealias Cut = (step: Int, buffer: Int)

  private static func cuts(_ training: TrainingSteps) -> [Cut] {
    let forward = 0..<training.forwardCount
    var lastReads: [Int: Int] = [:]
    for step in forward {
      for buffer in training.reads[step] { lastReads[buffer] = step }
    }
    var cuts: [Cut] = []
    var live: Set<Int> = []
    for step in forward {
      if live.count == 1, let buffer = live.first, cuts.last?.buffer != buffer,
        (training.writers[buffer].last ?? step) < step
      {
        cuts.append((step, buffer))
      }
      for buffer in training.writes[step] where training.isRecomputable[buffer] {
        if lastReads[buffer] ?? step > step { live.insert(buffer) }
      }
      live = live.filter { lastReads[$0] ?? step > step }
    }
    return cuts
  }

  /// Of as many groups of neighbouring cuts the narrowest each.
  private static func narrowest(_ cuts: [Cut], in training: TrainingSteps) -> [Cut] {
    let count = maximumCount - 1
    guard cuts.count > count else { return cuts }
    return (0..<count).compactMap { group in
      cuts[group * cuts.count / count..<(group + 1) * cuts.count / count].min {
        training.bufferByteCounts[$0.buffer] < training.bufferByteCounts[$1.buffer]
      }
    }
  }

  private mutating func findBuffers(_ training: TrainingSteps) {
    var isRead = training.bufferByteCounts.map { _ in false }
    for step in training.forwardCount..<training.steps.count {
      for buffer in training.reads[step] { isRead[buffer] = true }
    }
    buffers = forward.map { _ in [] }
    inner = buffers
    let cutBuffers = Set(outputs)
    for (buffer, stage) in stages(training) {
      buffers[stage].append(buffer)
      if isRead[buffer], !cutBuffers.contains(buffer) { inner[stage].append(buffer) }
    }
  }

  /// The stage in which each recomputable buffer is first written, in the order of the buffers.
  private func stages(_ training: TrainingSteps) -> [(buffer: Int, stage: Int)] {
    var stageOfStep: [Int] = []
    for (stage, steps) in forward.enumerated() { stageOfStep += steps.map { _ in stage } }
    return training.bufferByteCounts.indices.compactMap { buffer in
      guard training.isRecomputable[buffer], let first = training.writers[buffer].first else {
        return nil
      }
      return (buffer, stageOfStep[first])
    }
  }

  /// A backward step is of the lowest stage of which it, or one before it, reads something. A stage's output is
  /// its successor's input.
  private mutating func findBackwardStarts(_ training: TrainingSteps) {
    var levels: [Int: Int] = [:]
    for (buffer, stage) in stages(training) { levels[buffer] = stage }
    for (stage, buffer) in outputs.enumerated() { levels[buffer] = stage + 1 }
    backwardStarts = Array(repeating: training.steps.count, count: count + 1)
    backwardStarts[count] = training.forwardCount
    var level = count - 1
    for step in training.forwardCount..<training.steps.count {
      let lowest = training.reads[step].compactMap { levels[$0] }.min() ?? level
      while lowest < level {
        backwardStarts[level] = step
        level -= 1
      }
    }
  }
}
