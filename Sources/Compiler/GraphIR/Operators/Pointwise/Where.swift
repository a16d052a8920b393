import PointwisePrograms

/// ONNX `Where`: X where the condition holds, else Y, after broadcasting. From opset 9.
extension Operator {
  static let `where` = elementwise(
    "Where", forms: [OperatorForm(since: 9, inputs: 3...3)],
    ElementwiseSignature(operands: .anything, conditionCount: 1),
    integers: { $0[0] != 0 ? $0[1] : $0[2] },
    elements: { operands in
      operands[0].value.map { operands[$0 != 0 ? 1 : 2] }
    },
    program: { (_, _) in
      var program = PointwiseProgram(inputCount: 3)
      _ = program.append(where: 0, 1, else: 2)
      return program
    })
}
