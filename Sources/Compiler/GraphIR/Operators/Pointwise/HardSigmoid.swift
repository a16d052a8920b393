import PointwisePrograms
import Tensors

/// ONNX `HardSigmoid`: `max(0, min(1, alpha · x + beta))`.
extension Operator {
  static let hardSigmoid = unary(
    "HardSigmoid", forms: [OperatorForm(inputs: 1...1, attributes: ["alpha", "beta"])]
  ) { (node, program) throws(TesseraError) in
    program.appendHardSigmoid(
      alpha: try node.floatAttribute("alpha") ?? 0.2, beta: try node.floatAttribute("beta") ?? 0.5)
  }
}

extension PointwiseProgram {
  /// `max(0, min(1, alpha · x + beta))` of value 0, as the last value.
  mutating func appendHardSigmoid(alpha: Float, beta: Float) {
    let scaled = append(.multiply, 0, append(constant: alpha))
    let shifted = append(.add, scaled, append(constant: beta))
    let raised = append(.maximum, shifted, append(constant: 0))
    _ = append(.minimum, raised, append(constant: 1))
  }
}
