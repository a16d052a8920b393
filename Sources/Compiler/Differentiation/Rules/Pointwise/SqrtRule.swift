import PointwisePrograms

extension GradientRule {
  static let sqrt = unary("Sqrt", "g / (2 · y)", from: .output) { program in
    _ = program.append(.divide, 1, program.append(.add, 0, 0))
  }
}
