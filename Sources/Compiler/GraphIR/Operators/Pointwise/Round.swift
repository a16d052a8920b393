import PointwisePrograms

/// ONNX `Round`: the nearest integer, of two as near the even one. From opset 11.
extension Operator {
  static let round = unary(
    "Round", forms: [OperatorForm(since: 11, inputs: 1...1)]
  ) { (_, program) in _ = program.append(.roundToEven, 0) }
}
