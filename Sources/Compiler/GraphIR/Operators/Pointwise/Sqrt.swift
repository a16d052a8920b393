import PointwisePrograms

/// ONNX `Sqrt`: `√x`, NaN for negative numbers.
extension Operator {
  static let sqrt = unary("Sqrt", .squareRoot)
}
