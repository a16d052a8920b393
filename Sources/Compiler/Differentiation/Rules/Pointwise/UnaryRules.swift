import PointwisePrograms
import Tensors

extension GradientRule {
  /// What a unary function's gradient is computed from, besides the gradient of its result.
  enum UnaryOperand {
    case input, output
  }

  /// A rule for an element-wise function of one value: one program of the operand, value 0, and the
  /// gradient of the result, value 1. Taking it from the result lets the function be fused into what makes
  /// its input.
  static func unary(
    _ operatorName: String, _ formula: String, from operand: UnaryOperand,
    program: @escaping @Sendable (inout PointwiseProgram) -> Void
  ) -> GradientRule {
    GradientRule(operatorName, formula) { (step, emitter) throws(TesseraError) in
      let value = operand == .input ? step.node.inputs[0] : step.output
      return [0: try emitter.pointwise([value, step.gradient], program)]
    }
  }
}
