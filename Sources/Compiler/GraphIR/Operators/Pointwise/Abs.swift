import PointwisePrograms

/// ONNX `Abs`: `|x|`.
extension Operator {
  static let abs = elementwise(
    "Abs", forms: [OperatorForm(inputs: 1...1)], ElementwiseSignature(operands: .numbers),
    integers: { $0[0] < 0 ? -$0[0] : $0[0] },
    program: { (_, _) in
      var program = PointwiseProgram()
      _ = program.append(.absolute, 0)
      return program
    })
}
