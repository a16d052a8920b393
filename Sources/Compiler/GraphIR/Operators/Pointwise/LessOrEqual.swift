import PointwisePrograms

/// ONNX `LessOrEqual`: `A ≤ B`, element by element, after broadcasting; false where either is NaN. From opset 12.
extension Operator {
  static let lessOrEqual = elementwise(
    "LessOrEqual", forms: [OperatorForm(since: 12, inputs: 2...2)],
    ElementwiseSignature(operands: .numbers, result: .bool), .lessOrEqual
  ) { $0 <= $1 ? 1 : 0 }
}
