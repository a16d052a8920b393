/// A straight-line program that makes one element of a result of the elements of its inputs at the same
/// place.
///
/// Values are numbered: first the inputs, then one for each instruction, which reads only values before
/// its own. The last value is the result.
package struct PointwiseProgram: Sendable, Equatable {
  package struct Instruction: Sendable, Equatable {
    package var operation: PointwiseOperation
    /// Numbers of the values that it reads; 0 where the operation reads fewer.
    package var left = 0
    package var right = 0
    /// Of `constant`; else 0.
    package var constant: Float = 0

    package init(
      _ operation: PointwiseOperation, _ left: Int = 0, _ right: Int = 0, constant: Float = 0
    ) {
      self.operation = operation
      self.left = left
      self.right = right
      self.constant = constant
    }
  }

  package static let maximumInputCount = 16
  package static let maximumInstructionCount = 32

  package var inputCount: Int
  package var instructions: [Instruction] = []

  /// A program without instructions, whose result is its last input.
  package init(inputCount: Int = 1) { self.inputCount = inputCount }

  package var valueCount: Int { inputCount + instructions.count }

  /// Adds an instruction and gives the number of its value.
  package mutating func append(
    _ operation: PointwiseOperation, _ left: Int = 0, _ right: Int = 0
  ) -> Int {
    instructions.append(Instruction(operation, left, right))
    return valueCount - 1
  }

  /// Adds a constant and gives the number of its value.
  package mutating func append(constant: Float) -> Int {
    instructions.append(Instruction(.constant, constant: constant))
    return valueCount - 1
  }

  /// The same program without input `index`, whose elements all are `value`.
  package func settingInput(_ index: Int, to value: Float) -> PointwiseProgram {
    var result = PointwiseProgram(inputCount: inputCount - 1)
    let constant = result.append(constant: value)
    func renamed(_ operand: Int) -> Int {
      if operand == index { return constant }
      if operand < inputCount { return operand < index ? operand : operand - 1 }
      return operand
    }
    for instruction in instructions {
      var instruction = instruction
      let count = instruction.operation.operandCount
      instruction.left = count > 0 ? renamed(instruction.left) : 0
      instruction.right = count > 1 ? renamed(instruction.right) : 0
      result.instructions.append(instruction)
    }
    return result
  }
}
