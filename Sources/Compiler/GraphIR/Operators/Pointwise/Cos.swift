import PointwisePrograms

/// ONNX `Cos`: the cosine.
extension Operator {
  static let cos = unary("Cos", .cosine)
}
