import PointwisePrograms

/// ONNX `Softsign`: `x / (1 + |x|)`.
extension Operator {
  static let softsign = unary(
    "Softsign", forms: [OperatorForm(inputs: 1...1)]
  ) { (_, program) in
    let one = program.append(constant: 1)
    _ = program.append(.divide, 0, program.append(.add, one, program.append(.absolute, 0)))
  }
}
