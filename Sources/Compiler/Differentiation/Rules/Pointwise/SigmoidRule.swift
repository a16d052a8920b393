import PointwisePrograms

extension GradientRule {
  static let sigmoid = unary("Sigmoid", "g · y · (1 − y)", from: .output) { program in
    let rest = program.append(.subtract, program.append(constant: 1), 0)
    _ = program.append(.multiply, 1, program.append(.multiply, 0, rest))
  }
}
