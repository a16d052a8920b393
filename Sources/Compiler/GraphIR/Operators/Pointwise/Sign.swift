import PointwisePrograms

/// ONNX `Sign`: −1, 0 or 1. Integers are not supported. From opset 9.
extension Operator {
  static let sign = unary(
    "Sign", forms: [OperatorForm(since: 9, inputs: 1...1)]
  ) { (_, program) in _ = program.append(.sign, 0) }
}
