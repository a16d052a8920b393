import PointwisePrograms

/// ONNX `Less`: `A < B`, element by element, after broadcasting; false where either is NaN.
extension Operator {
  static let less = elementwise(
    "Less", ElementwiseSignature(operands: .numbers, result: .bool), .less
  ) { $0 < $1 ? 1 : 0 }
}
