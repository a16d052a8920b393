import PointwisePrograms

/// ONNX `PRelu`: x where it is not negative, else `slope · x`, the slope broadcast to x.
extension Operator {
  static let pRelu = elementwise(
    "PRelu", forms: [OperatorForm(inputs: 2...2)],
    ElementwiseSignature(operands: .floatingPoint),
    program: { (_, _) in
      var program = PointwiseProgram(inputCount: 2)
      let zero = program.append(constant: 0)
      let positive = program.append(.maximum, 0, zero)
      let negative = program.append(.minimum, 0, zero)
      _ = program.append(.add, positive, program.append(.multiply, negative, 1))
      return program
    })
}
