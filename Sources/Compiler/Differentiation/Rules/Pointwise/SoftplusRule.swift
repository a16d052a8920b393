import PointwisePrograms

extension GradientRule {
  static let softplus = unary("Softplus", "g / (1 + e⁻ˣ)", from: .input) { program in
    _ = program.append(.multiply, 1, program.append(.sigmoid, 0))
  }
}
