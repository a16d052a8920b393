import PointwisePrograms

extension GradientRule {
  static let abs = unary("Abs", "g · sign x", from: .input) { program in
    _ = program.append(.multiply, 1, program.append(.sign, 0))
  }
}
