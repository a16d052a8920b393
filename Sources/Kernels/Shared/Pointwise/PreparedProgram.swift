import KernelInterface
import KernelVectors
import PointwisePrograms

/// A joined program as the calls of a step run it, decoded once. Its memory is freed by whoever made it;
/// who runs it counts no references.
struct PreparedProgram {
  private let instructions: UncountedArray<JoinedProgram.Instruction>
  private let inputCount: Int
  private let numberCount: Int
  let blockCount: Int
  /// A vector of each number, then the bounds of each instruction.
  private let numbers: UncountedArray<WideVector>

  static func allocate(_ program: PointwiseProgram) -> PreparedProgram {
    let joined = JoinedProgram(program)
    let numbers = joined.numbers + joined.instructions.flatMap { [$0.low, $0.high] }
    return PreparedProgram(
      instructions: .allocate(copying: joined.instructions), inputCount: program.inputCount,
      numberCount: joined.numbers.count, blockCount: joined.blockCount,
      numbers: .allocate(copying: numbers.map { WideVector(repeating: $0) }))
  }

  func deallocate() {
    instructions.deallocate()
    numbers.deallocate()
  }

  /// Elements that pass through the whole program before the next ones do: all if nothing lies between.
  var blockElementCount: Int {
    instructions.count == 1 ? .max : PointwiseTiling.blockElementCount
  }

  private func numbers(_ index: Int) -> UnsafePointer<Float> {
    UnsafeRawPointer(numbers.address(of: index)).assumingMemoryBound(to: Float.self)
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
