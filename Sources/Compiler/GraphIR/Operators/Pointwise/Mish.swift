import PointwisePrograms

/// ONNX `Mish`: `x · tanh(ln (1 + eˣ))`. From opset 18.
extension Operator {
  static let mish = unary(
    "Mish", forms: [OperatorForm(since: 18, inputs: 1...1)]
  ) { (_, program) in
    let bend = program.append(.hyperbolicTangent, program.append(softplus: 0))
    _ = program.append(.multiply, 0, bend)
  }
}
