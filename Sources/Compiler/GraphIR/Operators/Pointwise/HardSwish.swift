import PointwisePrograms

/// ONNX `HardSwish`: `x · max(0, min(1, x / 6 + 1 / 2))`. From opset 14.
extension Operator {
  static let hardSwish = unary(
    "HardSwish", forms: [OperatorForm(since: 14, inputs: 1...1)]
  ) { (_, program) in
    program.appendHardSigmoid(alpha: 1 / 6, beta: 0.5)
    _ = program.append(.multiply, 0, program.valueCount - 1)
  }
}
