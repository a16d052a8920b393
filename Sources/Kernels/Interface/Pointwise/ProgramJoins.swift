import PointwisePrograms

/// Joins the instructions of a pointwise program, in order, each with those whose results only it reads.
///
/// What a group lacks is made up for by numbers that change nothing: `x · 1 + -0` is x, of either zero too.
struct ProgramJoins {
  enum Source {
    case number(Float)
    /// A value of the program.
    case value(Int)
  }

  struct Node {
    var operation: JoinedProgram.Operation
    var operands: [Source]
    var low = -Float.infinity
    var high = Float.infinity
    /// The value of the program that it computes.
    var value: Int
  }

  private let program: PointwiseProgram
  /// Of each value, how many instructions that the result needs read it.
  private var readCounts: [Int]
  private var nodeOfValue: [Int: Node] = [:]

  /// In the order of their values; the last one makes the result.
  var nodes: [Node] { nodeOfValue.values.sorted { $0.value < $1.value } }

  init(_ program: PointwiseProgram) {
    self.program = program
    readCounts = Array(repeating: 0, count: program.valueCount)
    let result = program.valueCount - 1
    var isNeeded = Array(repeating: false, count: program.valueCount)
    isNeeded[result] = true
    for (index, instruction) in program.instructions.enumerated().reversed() {
      guard isNeeded[program.inputCount + index] else { continue }
      for operand in instruction.operands {
        isNeeded[operand] = true
        readCounts[operand] += 1
      }
    }
    for (index, instruction) in program.instructions.enumerated()
    where instruction.operation != .constant && isNeeded[program.inputCount + index] {
      append(instruction, value: program.inputCount + index)
    }
    if nodeOfValue[result] == nil { append(linear(source(result), value: result)) }
  }

  private mutating func append(_ node: Node) { nodeOfValue[node.value] = node }

  private mutating func append(_ instruction: PointwiseProgram.Instruction, value: Int) {
    let (left, right) = (instruction.left, instruction.right)
    let node: Node? =
      switch instruction.operation {
      case .add: sum(left, right, value) ?? sum(right, left, value)
      case .multiply: gated(left, right, value) ?? gated(right, left, value)
      case .maximum, .minimum:
        bounded(instruction.operation, left, right, value)
          ?? bounded(instruction.operation, left, right, value, isSwapped: true)
      default: nil
      }
    append(
      node
        ?? Node(
          operation: .single(instruction.operation), operands: instruction.operands.map(source),
          value: value))
  }

  // MARK: Groups

  /// `a · b + c`.
  private mutating func sum(_ left: Int, _ right: Int, _ value: Int) -> Node? {
    guard let product = take(left, where: { $0 == .single(.multiply) }) else { return nil }
    return linear(
      product.operands[0], times: product.operands[1], plus: source(right), value: value)
  }

  /// `(a · b + c) · d`, `sigmoid(a) · b`.
  private mutating func gated(_ left: Int, _ right: Int, _ value: Int) -> Node? {
    guard var node = take(left, where: { $0 == .linear || $0 == .single(.sigmoid) })
    else { return nil }
    node.operation = node.operation == .linear ? .gatedLinear : .gatedSigmoid
    node.operands.append(source(right))
    node.value = value
    return node
  }

  /// A bound that is a number. Of zeros of both signs the left one is the maximum, so that a zero on the
  /// left is no bound.
  private mutating func bounded(
    _ operation: PointwiseOperation, _ left: Int, _ right: Int, _ value: Int,
    isSwapped: Bool = false
  ) -> Node? {
    let operand = isSwapped ? right : left
    guard case .number(let bound) = source(isSwapped ? left : right), !bound.isNaN,
      !isSwapped || bound != 0
    else { return nil }
    let isLow = operation == .maximum
    var node = linear(source(operand), value: value)
    if let taken = take(
      operand,
      where: { $0 == .linear || $0 == .single(.add) || $0 == .single(.multiply) },
      // The lower bound is applied first.
      if: { isLow ? $0.low == -.infinity && bound <= $0.high : $0.high == .infinity })
    {
      switch taken.operation {
      case .single(.add): node = linear(taken.operands[0], plus: taken.operands[1], value: value)
      case .single: node = linear(taken.operands[0], times: taken.operands[1], value: value)
      default: node = taken
      }
    }
    node.value = value
    if isLow { node.low = bound } else { node.high = bound }
    return node
  }

  private func linear(
    _ a: Source, times b: Source = .number(1), plus c: Source = .number(-0.0), value: Int
  ) -> Node {
    Node(operation: .linear, operands: [a, b, c], value: value)
  }

  /// Removes the node of a value that nothing else reads.
  private mutating func take(
    _ value: Int, where isSuited: (JoinedProgram.Operation) -> Bool,
    if condition: (Node) -> Bool = { _ in true }
  ) -> Node? {
    guard readCounts[value] == 1, let node = nodeOfValue[value], isSuited(node.operation),
      condition(node)
    else { return nil }
    nodeOfValue[value] = nil
    return node
  }

  private func source(_ value: Int) -> Source {
    let index = value - program.inputCount
    guard index >= 0, program.instructions[index].operation == .constant else {
      return .value(value)
    }
    return .number(program.instructions[index].constant)
  }
}

extension PointwiseProgram.Instruction {
  fileprivate var operands: [Int] { Array([left, right].prefix(operation.operandCount)) }
}
