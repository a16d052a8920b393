/// An epilogue that kernels apply to results in registers: `min(max(x · factor + addend, low), high)`, and
/// times x if it is a gate. Hard-swish is one.
@usableFromInline
package struct LinearGate: Sendable, Equatable {
  @usableFromInline package let factor: Float
  @usableFromInline package let addend: Float
  @usableFromInline package let low: Float
  @usableFromInline package let high: Float
  @usableFromInline package let multipliesResult: Bool

  /// Nil if the epilogue is another one, or none. Every operation rounds as in its program.
  package init?(_ epilogue: Epilogue) {
    guard !epilogue.isEmpty else { return nil }
    let program = JoinedProgram(epilogue.program)
    guard program.instructions.count == 1, let instruction = program.instructions.first,
      instruction.operation == .linear || instruction.operation == .gatedLinear,
      case .input(0) = instruction.operands[0], case .number(let factor) = instruction.operands[1],
      case .number(let addend) = instruction.operands[2]
    else { return nil }
    multipliesResult = instruction.operation == .gatedLinear
    if multipliesResult {
      guard case .input(0) = instruction.operands[3] else { return nil }
    }
    self.factor = program.numbers[factor]
    self.addend = program.numbers[addend]
    low = instruction.low
    high = instruction.high
  }
}
