import PointwisePrograms

/// ONNX `Neg`: `−x`.
extension Operator {
  static let neg = unary("Neg", .negate)
}
