import PointwisePrograms

/// ONNX `Reciprocal`: `1 / x`.
extension Operator {
  static let reciprocal = unary("Reciprocal") { (_, program) in
    _ = program.append(.divide, program.append(constant: 1), 0)
  }
}
