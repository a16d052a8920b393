import PointwisePrograms

extension GradientRule {
  static let hardSwish = unary(
    "HardSwish", "g · (h + x / 6 where 0 < h < 1), h = max(0, min(1, x / 6 + 1 / 2))", from: .input
  ) { program in
    let sixth = program.append(.multiply, 0, program.append(constant: 1 / 6))
    let shifted = program.append(.add, sixth, program.append(constant: 0.5))
    let raised = program.append(.maximum, shifted, program.append(constant: 0))
    let hard = program.append(.minimum, raised, program.append(constant: 1))
    let inside = program.append(sixth, whereBetweenZeroAndOne: hard)
    _ = program.append(.multiply, 1, program.append(.add, hard, inside))
  }
}
