import PointwisePrograms

/// ONNX `Log`: `ln x`, −∞ of 0, NaN of negative numbers.
extension Operator {
  static let log = unary("Log", .logarithm)
}
