import ExecutionPlan
import KernelInterface

/// A step whose buffers have no offsets yet.
struct StepDraft {
  var name: String
  var kernel: String
  var descriptor: [Int64]
  var operands: [OperandDraft]
  /// What the kernel touches, in the order of `operands`.
  var requirements: [OperandRequirement]
}

/// An operand of a step before the arena is laid out.
enum OperandDraft: Equatable {
  /// An index into the builder's buffers, and where in it the operand starts.
  case buffer(Int, byteOffset: Int = 0)
  /// A packed weight.
  case weights(Operand)
  /// What training keeps between runs.
  case kept(Operand)
}
