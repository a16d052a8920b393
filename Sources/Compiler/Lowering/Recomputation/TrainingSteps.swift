import KernelInterface

/// The steps of a training: the forward ones, up to the loss, and the backward ones, which read what those leave.
///
/// A step is a function of what it reads: it may run again, at any later time, and gives the same bits.
struct TrainingSteps {
  let drafts: StepDrafts
  /// How many steps come before the first backward one.
  let forwardCount: Int
  /// The buffers that each step reads.
  let reads: [[Int]]
  /// The buffers that each step writes, its scratch memory among them.
  let writes: [[Int]]
  /// The steps that write each buffer, in order; several write the parts of one.
  let writers: [[Int]]
  /// Buffers that forward steps alone write, and that are no inputs and outputs of the graph.
  let isRecomputable: [Bool]
  let lifetimes: [BufferLifetime]

  var steps: [StepDraft] { drafts.steps }
  var bufferByteCounts: [Int] { drafts.bufferByteCounts }

  init(_ drafts: StepDrafts, forwardCount: Int) {
    (self.drafts, self.forwardCount) = (drafts, forwardCount)
    reads = drafts.steps.map { $0.buffers(.read) }
    writes = drafts.steps.map { $0.buffers(.write) }
    lifetimes = drafts.lifetimes

    var writers: [[Int]] = drafts.bufferByteCounts.map { _ in [] }
    var isRecomputable = drafts.bufferByteCounts.map { _ in true }
    for (index, step) in drafts.steps.enumerated() {
      let mayRunAgain = index < forwardCount && !step.writesKept
      for buffer in writes[index] {
        writers[buffer].append(index)
        if !mayRunAgain { isRecomputable[buffer] = false }
      }
    }
    for case .buffer(let buffer, _) in drafts.inputs + drafts.outputs {
      isRecomputable[buffer] = false
    }
    for buffer in writers.indices where writers[buffer].isEmpty { isRecomputable[buffer] = false }
    (self.writers, self.isRecomputable) = (writers, isRecomputable)
  }
}

extension StepDraft {
  /// The buffers that the step touches so, each once.
  fileprivate func buffers(_ access: OperandRequirement.Access) -> [Int] {
    var buffers: [Int] = []
    for (operand, requirement) in zip(operands, requirements) where requirement.access == access {
      if case .buffer(let buffer, _) = operand, !buffers.contains(buffer) { buffers.append(buffer) }
    }
    return buffers
  }

  /// True if the step writes what training keeps between runs.
  fileprivate var writesKept: Bool {
    zip(operands, requirements).contains { operand, requirement in
      if case .kept = operand { return requirement.access == .write }
      return false
    }
  }
}
