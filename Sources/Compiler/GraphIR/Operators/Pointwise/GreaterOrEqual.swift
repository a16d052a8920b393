import PointwisePrograms

/// ONNX `GreaterOrEqual`: `A ≥ B`, element by element, after broadcasting; false where either is NaN. From opset 12.
extension Operator {
  static let greaterOrEqual = elementwise(
    "GreaterOrEqual", forms: [OperatorForm(since: 12, inputs: 2...2)],
    ElementwiseSignature(operands: .numbers, result: .bool),
    integers: { $0[0] >= $0[1] ? 1 : 0 },
    program: { (_, _) in
      var program = PointwiseProgram(inputCount: 2)
      _ = program.append(.lessOrEqual, 1, 0)
      return program
    })
}
