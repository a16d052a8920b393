import PointwisePrograms

extension GradientRule {
  static let tanh = unary("Tanh", "g · (1 − y²)", from: .output) { program in
    let square = program.append(.multiply, 0, 0)
    _ = program.append(
      .multiply, 1, program.append(.subtract, program.append(constant: 1), square))
  }
}
