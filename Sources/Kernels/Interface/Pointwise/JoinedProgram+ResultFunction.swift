extension JoinedProgram {
  /// True if the program is a function of value 0 alone that kernels run over results as they lie: linear
  /// within bounds, that times the result, or the result times its sigmoid.
  package var isResultFunction: Bool {
    guard instructions.count == 1, let instruction = instructions.first else { return false }
    let operands = instruction.operands
    guard case .input(0) = operands[0] else { return false }
    switch instruction.operation {
    case .single: return false
    case .gatedSigmoid: return operands[1] == .input(0)
    case .gatedLinear where operands[3] != .input(0): return false
    case .linear, .gatedLinear:
      guard case .number = operands[1], case .number = operands[2] else { return false }
      return true
    }
  }
}
