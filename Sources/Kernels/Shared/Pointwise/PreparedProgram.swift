import KernelInterface
import KernelVectors
import PointwisePrograms

/// A joined program as the calls of a step run it, decoded once.
final class PreparedProgram {
  private let instructions: [JoinedProgram.Instruction]
  private let inputCount: Int
  private let numberCount: Int
  let blockCount: Int
  /// A vector of each number, then the bounds of each instruction.
  private let numbers: UnsafeMutablePointer<WideVector>

  init(_ program: PointwiseProgram) {
    let joined = JoinedProgram(program)
    instructions = joined.instructions
    inputCount = program.inputCount
    blockCount = joined.blockCount
    numberCount = joined.numbers.count
    let numbers = joined.numbers + joined.instructions.flatMap { [$0.low, $0.high] }
    self.numbers = .allocate(capacity: numbers.count)
    for (index, number) in numbers.enumerated() {
      (self.numbers + index).initialize(to: WideVector(repeating: number))
    }
  }

  deinit { numbers.deallocate() }

  /// Elements that pass through the whole program before the next ones do: all if nothing lies between.
  var blockElementCount: Int {
    instructions.count == 1 ? .max : PointwiseTiling.blockElementCount
  }

  private func numbers(_ index: Int) -> UnsafePointer<Float> {
    UnsafeRawPointer(numbers + index).assumingMemoryBound(to: Float.self)
  }

  /// Computes elements of the inputs, a multiple of 8 and at most a block.
  ///
  /// - Parameter workspace: that of a `PointwiseRun`.
  func compute(
    _ inputs: borrowing InlineArray<16, VectorStream>, elementCount: Int,
    into target: UnsafeMutablePointer<Float>, workspace: UnsafeMutablePointer<Float>
  ) {
    let blocks = workspace + inputCount * PointwiseTiling.blockElementCount
    @inline(__always)
    func stream(_ operand: JoinedProgram.Operand) -> VectorStream {
      switch operand {
      case .input(let index): inputs[index]
      case .number(let index): VectorStream(address: numbers(index), step: 0)
      case .block(let index):
        VectorStream(
          address: blocks + index * PointwiseTiling.blockElementCount,
          step: WideVector.scalarCount)
      }
    }
    for index in instructions.indices {
      let instruction = instructions[index]
      PointwiseInstruction(
        a: stream(instruction.operands[0]), b: stream(instruction.operands[1]),
        c: stream(instruction.operands[2]), d: stream(instruction.operands[3]),
        bounds: numbers(numberCount + 2 * index),
        target: instruction.block.map { blocks + $0 * PointwiseTiling.blockElementCount }
          ?? target, elementCount: elementCount
      ).compute(instruction.operation)
    }
  }
}
