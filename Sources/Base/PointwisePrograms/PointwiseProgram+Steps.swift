extension PointwiseOperation {
  /// Whether the result jumps where an operand passes a value.
  fileprivate var isStep: Bool {
    switch self {
    case .equal, .less, .lessOrEqual, .sign, .floor, .ceiling, .roundToEven, .remainder: true
    default: false
    }
  }
}

extension PointwiseProgram {
  /// The inputs by which comparisons, signs and roundings of the program decide.
  package var decidingInputs: [Int] {
    var sources: [Set<Int>] = (0..<inputCount).map { [$0] }
    var deciding: Set<Int> = []
    for instruction in instructions {
      let operands = [instruction.left, instruction.right].prefix(
        instruction.operation.operandCount)
      let read = operands.reduce(into: Set<Int>()) { $0.formUnion(sources[$1]) }
      if instruction.operation.isStep { deciding.formUnion(read) }
      sources.append(read)
    }
    return deciding.sorted()
  }
}
