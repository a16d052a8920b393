import PointwisePrograms

/// ONNX `Not`: true where its operand is false.
extension Operator {
  static let not = elementwise(
    "Not", forms: [OperatorForm(inputs: 1...1)], ElementwiseSignature(operands: .truthValues),
    integers: { 1 - $0[0] },
    program: { (_, _) in
      var program = PointwiseProgram()
      _ = program.append(not: 0)
      return program
    })
}
