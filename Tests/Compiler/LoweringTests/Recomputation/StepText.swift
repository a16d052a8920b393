import ExecutionPlan
import KernelInterface
import Testing

@testable import Lowering

/// Steps of a training as lines `RESULT BLOCKS = KERNEL INPUT…`, where a block is 64 bytes; `+BLOCKS` is scratch
/// memory. The forward steps end with the result `loss`; results without a size are what training keeps. An input
/// that no step writes is one of the graph, of one block.
struct StepText {
  private(set) var training: TrainingSteps
  private(set) var names: [String]

  init(_ text: String) {
    var drafts = StepDrafts(steps: [], bufferByteCounts: [])
    var names: [String] = []
    func buffer(_ name: String, blocks: Int) -> OperandDraft {
      if let index = names.firstIndex(of: name) { return .buffer(index) }
      names.append(name)
      drafts.bufferByteCounts.append(blocks * planAlignment)
      return .buffer(names.count - 1)
    }
    var forwardCount = 0
    for line in text.split(separator: "\n") {
      let sides = line.split(separator: "=").map { $0.split(separator: " ").map(String.init) }
      guard sides.count == 2, let result = sides[0].first, let kernel = sides[1].first else {
        continue
      }
      var step = StepDraft(
        name: "\(result) \(drafts.steps.count)", kernel: kernel, descriptor: [], operands: [],
        requirements: [])
      for input in sides[1].dropFirst() {
        if input.hasPrefix("+") {
          let scratch = buffer("scratch of \(result)", blocks: Int(input.dropFirst()) ?? 0)
          step.add("scratch", .write, scratch)
          continue
        }
        let isNew = !names.contains(input)
        let operand = buffer(input, blocks: 1)
        if isNew { drafts.inputs.append(operand) }
        step.add(input, .read, operand)
      }
      if sides[0].count > 1, let blocks = Int(sides[0][1]) {
        step.add(result, .write, buffer(result, blocks: blocks))
      } else {
        step.add(result, .write, .kept(Operand(.gradients, byteOffset: 0, byteCount: 4)))
      }
      drafts.steps.append(step)
      if result == "loss" { forwardCount = drafts.steps.count }
    }
    training = TrainingSteps(drafts, forwardCount: forwardCount)
    self.names = names
  }

  /// For each buffer whether it is one of these.
  func kept(_ kept: Set<String>) -> [Bool] { names.map(kept.contains) }

  /// The steps as lines; `x'` is a copy of `x`.
  func lines(_ result: RecomputedSteps) -> [String] {
    var names = names + result.drafts.bufferByteCounts.dropFirst(names.count).map { _ in "?" }
    for step in result.drafts.steps where step.name.hasSuffix(", recomputed") {
      guard let original = training.steps.first(where: { step.name == "\($0.name), recomputed" })
      else { continue }
      for (new, old) in zip(step.operands, original.operands) where new != old {
        if case (.buffer(let copy, _), .buffer(let source, _)) = (new, old) {
          names[copy] = names[source] + "'"
        }
      }
    }
    return result.drafts.steps.map { step in
      func operands(_ access: OperandRequirement.Access) -> String {
        zip(step.operands, step.requirements).filter { $1.access == access }.map { operand, _ in
          if case .buffer(let buffer, _) = operand { names[buffer] } else { "kept" }
        }.joined(separator: " ")
      }
      return "\(operands(.write)) = \(step.kernel) \(operands(.read))"
    }
  }
}

extension StepDraft {
  fileprivate mutating func add(
    _ name: String, _ access: OperandRequirement.Access, _ operand: OperandDraft
  ) {
    operands.append(operand)
    requirements.append(OperandRequirement(name, access, byteCount: 0))
  }
}
