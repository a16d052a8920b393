import PointwisePrograms

/// ONNX `Tanh`: the hyperbolic tangent.
extension Operator {
  static let tanh = unary("Tanh", .hyperbolicTangent)
}
