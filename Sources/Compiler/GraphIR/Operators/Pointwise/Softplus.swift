import PointwisePrograms

/// ONNX `Softplus`: `ln (1 + eˣ)`.
extension Operator {
  static let softplus = unary(
    "Softplus", forms: [OperatorForm(inputs: 1...1)]
  ) { (_, program) in
    _ = program.append(softplus: 0)
  }
}
