import PointwisePrograms

/// ONNX `Or`: true where an operand is.
extension Operator {
  static let or = elementwise(
    "Or", ElementwiseSignature(operands: .truthValues), .maximum
  ) { $0 | $1 }
}
