import PointwisePrograms

/// ONNX `Erf`: the error function. From opset 9.
extension Operator {
  static let erf = unary(
    "Erf", forms: [OperatorForm(since: 9, inputs: 1...1)]
  ) { (_, program) in _ = program.append(.errorFunction, 0) }
}
