import PointwisePrograms

/// ONNX `Greater`: `A > B`, element by element, after broadcasting; false where either is NaN.
extension Operator {
  static let greater = elementwise(
    "Greater", forms: [OperatorForm(inputs: 2...2)],
    ElementwiseSignature(operands: .numbers, result: .bool),
    integers: { $0[0] > $0[1] ? 1 : 0 },
    program: { (_, _) in
      var program = PointwiseProgram(inputCount: 2)
      _ = program.append(.less, 1, 0)
      return program
    })
}
