import PointwisePrograms

/// ONNX `Sum`: the sum of any number of operands, after broadcasting.
extension Operator {
  static let sum = elementwise(
    "Sum", forms: [OperatorForm(inputs: 1...Int.max)],
    ElementwiseSignature(operands: .floatingPoint), .add
  ) { $0 &+ $1 }
}
