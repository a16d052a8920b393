import PointwisePrograms

extension GradientRule {
  static let log = unary("Log", "g / x", from: .input) { program in
    _ = program.append(.divide, 1, 0)
  }
}
