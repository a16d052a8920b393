import PointwisePrograms

/// ONNX `And`: true where both operands are.
extension Operator {
  static let and = elementwise(
    "And", ElementwiseSignature(operands: .truthValues), .multiply
  ) { $0 & $1 }
}
