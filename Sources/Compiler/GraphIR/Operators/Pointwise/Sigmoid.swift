import PointwisePrograms

/// ONNX `Sigmoid`: `1 / (1 + e⁻ˣ)`.
extension Operator {
  static let sigmoid = unary("Sigmoid", .sigmoid)
}
