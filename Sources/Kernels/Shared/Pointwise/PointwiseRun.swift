import KernelInterface
import KernelVectors
import PointwisePrograms

/// Runs a pointwise program over rows, a block of elements at a time. The workspace holds a block for
/// each value of the program.
struct PointwiseRun {
  private static let blockLength = PointwiseTiling.blockElementCount

  private let loops: PointwiseLoops
  private let workspace: UnsafeMutablePointer<Float>
  private var rows: InlineArray<16, UnsafePointer<Float>>
  /// Where each value's elements of the current block lie.
  private var values: InlineArray<48, UnsafePointer<Float>>

  init(_ loops: PointwiseLoops, workspace: UnsafeMutableRawPointer) {
    self.loops = loops
    self.workspace = workspace.assumingMemoryBound(to: Float.self)
    rows = .init(repeating: UnsafePointer(self.workspace))
    values = .init(repeating: UnsafePointer(self.workspace))
    for value in 0..<loops.program.valueCount { values[value] = UnsafePointer(block(value)) }
    for (index, instruction) in loops.program.instructions.enumerated()
    where instruction.operation == .constant {
      block(loops.inputs.count + index).update(
        repeating: instruction.constant, count: Self.blockLength)
    }
  }

  private func block(_ value: Int) -> UnsafeMutablePointer<Float> {
    workspace + value * Self.blockLength
  }

  mutating func setInput(_ index: Int, at row: UnsafePointer<Float>) {
    rows[index] = row
    if loops.inputs[index].isRepeated {
      loops.inputs[index].copy(
        0..<min(loops.rowLength, Self.blockLength), ofRowAt: row, into: block(index))
    }
  }

  /// Computes the row whose inputs were set.
  mutating func compute(into target: UnsafeMutablePointer<Float>) {
    compute(elementCount: loops.rowLength, into: target)
  }

  /// Computes the first elements of the row whose inputs were set, into other memory or, where the program
  /// has instructions, in place of an input.
  mutating func compute(elementCount: Int, into target: UnsafeMutablePointer<Float>) {
    var start = 0
    while start < elementCount {
      let count = min(Self.blockLength, elementCount - start)
      compute(start..<start + count, into: target + start)
      start += count
    }
  }

  /// Vectors past the end of the row are computed from whatever lies in the workspace, and not stored.
  private mutating func compute(_ range: Range<Int>, into target: UnsafeMutablePointer<Float>) {
    let isWhole = range.count.isMultiple(of: Vector.scalarCount)
    for (index, input) in loops.inputs.enumerated() where !input.isRepeated {
      if input.isContiguous && isWhole {
        values[index] = rows[index] + range.lowerBound
      } else {
        input.copy(range, ofRowAt: rows[index], into: block(index))
        values[index] = UnsafePointer(block(index))
      }
    }
    let vectorCount = ceilingQuotient(range.count, Vector.scalarCount)
    let result = loops.program.valueCount - 1
    let isStored = isWhole && loops.program.storesResult
    for (index, instruction) in loops.program.instructions.enumerated() {
      let value = loops.inputs.count + index
      PointwiseInstruction.apply(
        instruction.operation, values[instruction.left], values[instruction.right],
        into: value == result && isStored ? target : block(value), vectorCount: vectorCount)
    }
    if !isStored { target.update(from: values[result], count: range.count) }
  }
}

/// What all rows of a pointwise step have in common.
struct PointwiseLoops {
  let program: PointwiseProgram
  let inputs: [PointwiseRowInput]
  let rowLength: Int
}

extension PointwiseProgram {
  /// True if the last value comes from an instruction that writes its elements.
  fileprivate var storesResult: Bool {
    instructions.last.map { $0.operation != .constant } ?? false
  }
}
