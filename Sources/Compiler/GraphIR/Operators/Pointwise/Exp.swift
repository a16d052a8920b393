import PointwisePrograms

/// ONNX `Exp`: `eˣ`.
extension Operator {
  static let exp = unary("Exp", .exponential)
}
