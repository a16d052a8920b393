import PointwisePrograms

/// ONNX `Sin`: the sine.
extension Operator {
  static let sin = unary("Sin", .sine)
}
