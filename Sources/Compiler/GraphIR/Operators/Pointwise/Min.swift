import PointwisePrograms

/// ONNX `Min`: the minimum of any number of operands, after broadcasting.
extension Operator {
  static let minimum = elementwise(
    "Min", forms: [OperatorForm(inputs: 1...Int.max)], ElementwiseSignature(operands: .numbers),
    .minimum
  ) { Swift.min($0, $1) }
}
