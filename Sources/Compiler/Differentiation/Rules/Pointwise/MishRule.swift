import PointwisePrograms

extension GradientRule {
  static let mish = unary(
    "Mish", "g · (t + x · (1 − t²) / (1 + e⁻ˣ)), t = tanh(ln (1 + eˣ))", from: .input
  ) { program in
    let tanh = program.append(.hyperbolicTangent, program.append(softplus: 0))
    let square = program.append(.multiply, tanh, tanh)
    let rest = program.append(.subtract, program.append(constant: 1), square)
    let slope = program.append(.multiply, rest, program.append(.sigmoid, 0))
    let bend = program.append(.multiply, 0, slope)
    _ = program.append(.multiply, 1, program.append(.add, tanh, bend))
  }
}
