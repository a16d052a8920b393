import PointwisePrograms

/// ONNX `Neg`: `−x`.
extension Operator {
  static let neg = elementwise(
    "Neg", forms: [OperatorForm(inputs: 1...1)], ElementwiseSignature(operands: .numbers),
    integers: { -$0[0] },
    program: { (_, _) in
      var program = PointwiseProgram()
      _ = program.append(.negate, 0)
      return program
    })
}
