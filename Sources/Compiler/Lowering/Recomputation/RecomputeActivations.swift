/// A pass over steps: the backward part computes anew what the forward part does not keep for it.
///
/// With `b` dropped and `a` kept, in steps before their memory is laid out:
///
///     b = conv(a)                       b = conv(a)
///     c = conv(b)                       c = conv(b)
///     loss(c)                           loss(c)
///     dc = gradient(c)           →      dc = gradient(c)
///     dw = weights(b, dc)               b' = conv(a)
///                                       dw = weights(b', dc)
///
/// The original's memory is free from its last use in the forward part on; the copy stands just before the first
/// backward step that needs it. Legal since a step's results follow from what it reads, and that is still there:
/// copies read inputs, parameters, kept buffers and other copies, whose lives are laid out after this pass. The
/// same kernel gives a copy the original's bits, and no later pass compares steps to make one of two.
struct RecomputedSteps {
  var drafts: StepDrafts
  /// The forward steps that run again, in the order in which they do.
  var copied: [Int] = []
}

extension TrainingSteps {
  /// A step of the new order.
  struct Entry: Equatable {
    let step: Int
    /// True if the step is run again.
    let isCopy: Bool
  }

  /// The steps with copies of those whose results are not kept.
  ///
  /// - Parameter isKept: for each buffer whether it stays for the backward part; those that cannot be computed
  ///   again do.
  func recomputing(keeping isKept: [Bool]) -> RecomputedSteps {
    let backward = order(of: forwardCount..<steps.count, keeping: isKept)
    var result = drafts
    var copies: [Int: Int] = [:]
    func copy(of buffer: Int) -> Int {
      if let copy = copies[buffer] { return copy }
      let copy = result.bufferByteCounts.count
      result.bufferByteCounts.append(bufferByteCounts[buffer])
      copies[buffer] = copy
      return copy
    }
    result.steps = Array(steps[..<forwardCount])
    for entry in backward {
      var step = steps[entry.step]
      if entry.isCopy { step.name += ", recomputed" }
      for (index, requirement) in zip(step.operands.indices, step.requirements) {
        guard case .buffer(let buffer, let byteOffset) = step.operands[index] else { continue }
        let isWritten = requirement.access == .write
        if isWritten && entry.isCopy || !isWritten && isDropped(buffer, isKept) {
          step.operands[index] = .buffer(copy(of: buffer), byteOffset: byteOffset)
        }
      }
      result.steps.append(step)
    }
    return RecomputedSteps(drafts: result, copied: backward.filter(\.isCopy).map(\.step))
  }

  /// True if backward steps read a copy of the buffer.
  func isDropped(_ buffer: Int, _ isKept: [Bool]) -> Bool {
    isRecomputable[buffer] && !isKept[buffer]
  }

  /// Consecutive backward steps, each after the copies that it needs and that no earlier one needed.
  func order(of range: Range<Int>, keeping isKept: [Bool]) -> [Entry] {
    var entries: [Entry] = []
    var copied: Set<Int> = []
    for step in range {
      var needed: [Int] = []
      var open = reads[step]
      while let buffer = open.popLast() {
        guard isDropped(buffer, isKept) else { continue }
        for writer in writers[buffer] where copied.insert(writer).inserted {
          needed.append(writer)
          open += reads[writer] + writes[writer]
        }
      }
      entries += needed.sorted().map { Entry(step: $0, isCopy: true) }
      entries.append(Entry(step: step, isCopy: false))
    }
    return entries
  }
}
