import PointwisePrograms
import Tensors

/// A pointwise program that a kernel runs over its results while they are in the cache: value 0 of the
/// program is a result, the others are operands of the step, the last ones, in order.
package struct Epilogue: Sendable, Equatable {
  /// Without instructions there is no epilogue.
  package var program = PointwiseProgram()
  /// How the values from 1 on are read: strides over the loops of the results. Those of images in channel
  /// blocks are batch, channel blocks, rows, columns and lanes.
  package var inputs: [PointwiseDescriptor.Input] = []

  package init() {}

  package init(program: PointwiseProgram, inputs: [PointwiseDescriptor.Input]) {
    self.program = program
    self.inputs = inputs
  }

  package var isEmpty: Bool { program.instructions.isEmpty }

  mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(TesseraError) {
    try program.visitFields("epilogue.", &visitor)
    let count = max(0, program.inputCount - 1)
    if inputs.count != count { inputs = Array(repeating: .init(), count: count) }
    for index in inputs.indices {
      try inputs[index].visitFields("epilogue.inputs[\(index + 1)]", &visitor)
    }
  }

  /// Bytes of the workspace that the program takes.
  package var workspaceByteCount: Int {
    isEmpty ? 0 : PointwiseTiling.workspaceByteCount(program)
  }

  /// The operands that it reads where the results are images of the layout `output`.
  func operands(of output: ImageLayout) throws(TesseraError) -> [OperandRequirement] {
    try require(
      isEmpty || output.channelBlock == kernelLaneCount,
      "an epilogue takes channel blocks of \(kernelLaneCount), found \(output.channelBlock)")
    return try operands(extents: output.nest)
  }

  /// The operands that it reads where the results are loops over `extents`.
  func operands(extents: [Int]) throws(TesseraError) -> [OperandRequirement] {
    try require(
      program.inputCount >= 1 && (!isEmpty || program.inputCount == 1),
      """
      an epilogue of \(program.instructions.count) instructions reads \(program.inputCount) values, \
      expected the result and what its instructions need
      """)
    var operands: [OperandRequirement] = []
    for (index, input) in inputs.enumerated() {
      let byteCount = try input.byteCount(extents: extents)
      operands.append(
        OperandRequirement("epilogue input \(index + 1)", .read, byteCount: byteCount))
    }
    return operands
  }
}
