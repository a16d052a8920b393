import PointwisePrograms

/// ONNX `Max`: the maximum of any number of operands, after broadcasting.
extension Operator {
  static let maximum = elementwise(
    "Max", forms: [OperatorForm(inputs: 1...Int.max)], ElementwiseSignature(operands: .numbers),
    .maximum
  ) { Swift.max($0, $1) }
}
