import PointwisePrograms

extension GradientRule {
  static let exp = unary("Exp", "g · y", from: .output) { program in
    _ = program.append(.multiply, 1, 0)
  }
}
