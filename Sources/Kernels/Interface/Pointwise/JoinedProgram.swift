import PointwisePrograms

/// A pointwise program as kernels run it: what one pass over the elements can do is one instruction, and
/// values that are not needed at the same time share a block of the workspace.
///
/// Every operation rounds as in the program, so that joining changes no bit of a result but the sign and
/// payload of NaN.
package struct JoinedProgram: Sendable {
  package enum Operation: Equatable, Sendable {
    /// Of the first operand, or the first two.
    case single(PointwiseOperation)
    /// `min(max(a · b + c, low), high)`. Bounds are infinite where there are none, and leave NaN.
    case linear
    /// `min(max(a · b + c, low), high) · d`.
    case gatedLinear
    /// `sigmoid(a) · b`.
    case gatedSigmoid
  }

  package enum Operand: Equatable, Sendable {
    case input(Int)
    /// One of `numbers`.
    case number(Int)
    /// A block of the workspace, counted after those of the inputs.
    case block(Int)
  }

  package struct Instruction: Sendable {
    package var operation: Operation
    /// The first ones are those that the operation reads.
    package var operands: InlineArray<4, Operand>
    package var low: Float
    package var high: Float
    /// The block of the result; nil for the last instruction, whose result is the program's.
    package var block: Int?
  }

  package private(set) var instructions: [Instruction] = []
  package private(set) var numbers: [Float] = []
  /// Blocks of the workspace that the instructions take.
  package private(set) var blockCount = 0

  package init(_ program: PointwiseProgram) {
    let joins = ProgramJoins(program)
    var lastReaders: [Int: Int] = [:]
    for (index, node) in joins.nodes.enumerated() {
      for case .value(let value) in node.operands { lastReaders[value] = index }
    }
    var blocks: [Int: Int] = [:]
    var freeBlocks: [Int] = []
    for (index, node) in joins.nodes.enumerated() {
      var operands = InlineArray<4, Operand>(repeating: .input(0))
      for (position, source) in node.operands.enumerated() {
        switch source {
        case .number(let number): operands[position] = .number(place(of: number))
        case .value(let value):
          operands[position] = blocks[value].map { .block($0) } ?? .input(value)
        }
      }
      // A block may be read and written by one instruction.
      for case .value(let value) in node.operands where lastReaders[value] == index {
        if let block = blocks.removeValue(forKey: value) { freeBlocks.append(block) }
      }
      var block: Int?
      if index + 1 < joins.nodes.count {
        if freeBlocks.isEmpty {
          freeBlocks.append(blockCount)
          blockCount += 1
        }
        block = freeBlocks.removeLast()
        blocks[node.value] = block
      }
      instructions.append(
        Instruction(
          operation: node.operation, operands: operands, low: node.low, high: node.high,
          block: block))
    }
  }

  /// The bounds of `min(max(x + y, low), high)` if that is the whole program of two inputs x and y.
  package var boundedSum: (low: Float, high: Float)? {
    guard instructions.count == 1 else { return nil }
    let instruction = instructions[0]
    let terms: [Operand]
    switch (instruction.operation, instruction.operands[1]) {
    case (.single(.add), let addend): terms = [instruction.operands[0], addend]
    case (.linear, .number(let factor)) where numbers[factor] == 1:
      terms = [instruction.operands[0], instruction.operands[2]]
    default: return nil
    }
    return terms == [.input(0), .input(1)] || terms == [.input(1), .input(0)]
      ? (instruction.low, instruction.high) : nil
  }

  private mutating func place(of number: Float) -> Int {
    if let place = numbers.firstIndex(where: { $0.bitPattern == number.bitPattern }) {
      return place
    }
    numbers.append(number)
    return numbers.count - 1
  }
}
