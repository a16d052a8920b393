import PointwisePrograms

/// ONNX `Abs`: `|x|`.
extension Operator {
  static let abs = unary("Abs", .absolute)
}
