/// The steps of a variant before its arena is laid out.
struct StepDrafts {
  var steps: [StepDraft]
  var bufferByteCounts: [Int]
  /// Where inputs and outputs of the graph lie.
  var inputs: [OperandDraft] = []
  var outputs: [OperandDraft] = []

  /// When the steps touch each buffer. One that nothing touches takes no memory.
  var lifetimes: [BufferLifetime] {
    let lastStep = max(0, steps.count - 1)
    var uses: [(first: Int, last: Int)?] = bufferByteCounts.map { _ in nil }
    func extend(_ operand: OperandDraft, to step: Int) {
      guard case .buffer(let buffer, _) = operand else { return }
      let use = uses[buffer] ?? (step, step)
      uses[buffer] = (min(use.first, step), max(use.last, step))
    }
    for operand in inputs { extend(operand, to: 0) }
    for operand in outputs { extend(operand, to: lastStep) }
    for (index, step) in steps.enumerated() {
      for operand in step.operands { extend(operand, to: index) }
    }
    return zip(bufferByteCounts, uses).map { byteCount, use in
      guard let use else { return BufferLifetime(byteCount: 0, firstStep: 0, lastStep: 0) }
      return BufferLifetime(byteCount: byteCount, firstStep: use.first, lastStep: use.last)
    }
  }
}
