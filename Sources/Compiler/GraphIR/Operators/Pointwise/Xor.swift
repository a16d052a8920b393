import PointwisePrograms

/// ONNX `Xor`: true where one operand is and the other is not.
extension Operator {
  static let xor = elementwise(
    "Xor", forms: [OperatorForm(inputs: 2...2)], ElementwiseSignature(operands: .truthValues),
    integers: { $0[0] ^ $0[1] },
    program: { (_, _) in
      var program = PointwiseProgram(inputCount: 2)
      _ = program.append(not: program.append(.equal, 0, 1))
      return program
    })
}
