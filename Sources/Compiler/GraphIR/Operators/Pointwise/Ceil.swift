import PointwisePrograms

/// ONNX `Ceil`: the least integer not below x.
extension Operator {
  static let ceil = unary("Ceil", .ceiling)
}
