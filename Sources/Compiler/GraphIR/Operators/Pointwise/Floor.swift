import PointwisePrograms

/// ONNX `Floor`: the largest integer not above x.
extension Operator {
  static let floor = unary("Floor", .floor)
}
