import PointwisePrograms

extension GradientRule {
  static let relu = unary("Relu", "g where y > 0, else 0", from: .output) { program in
    let isPositive = program.append(.less, program.append(constant: 0), 0)
    _ = program.append(.selectWhere, isPositive, 1)
  }
}
