import PointwisePrograms

/// ONNX `IsNaN`: true where x is NaN. From opset 9.
extension Operator {
  static let isNaN = elementwise(
    "IsNaN", forms: [OperatorForm(since: 9, inputs: 1...1)],
    ElementwiseSignature(operands: .floatingPoint, result: .bool),
    program: { (_, _) in
      var program = PointwiseProgram()
      _ = program.append(not: program.append(.equal, 0, 0))
      return program
    })
}
