import PointwisePrograms

extension GradientRule {
  static let erf = unary("Erf", "g · 2 / √π · e^(−x²)", from: .input) { program in
    let square = program.append(.multiply, 0, 0)
    let power = program.append(.exponential, program.append(.negate, square))
    let slope = program.append(.multiply, power, program.append(constant: 1.128_379_2))
    _ = program.append(.multiply, 1, slope)
  }
}
