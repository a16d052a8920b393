import PointwisePrograms

/// ONNX `Mean`: the mean of any number of operands, after broadcasting.
extension Operator {
  static let mean = elementwise(
    "Mean", forms: [OperatorForm(inputs: 1...Int.max)],
    ElementwiseSignature(operands: .floatingPoint),
    program: { (node, _) in
      let count = node.inputs.count
      var program = PointwiseProgram.chain(.add, inputCount: count)
      let sum = count == 1 ? 0 : program.valueCount - 1
      _ = program.append(.divide, sum, program.append(constant: Float(count)))
      return program
    })
}
