import PointwisePrograms
import Tensors

/// A pointwise program over float32 operands that broadcast.
///
/// For every index `i` within `extents`: `output(i) = program(input₀[offset₀ + Σ i·strides₀], …)`, offsets
/// and strides in elements, strides 0 where an operand is repeated. The output is dense in `extents`, or
/// images in channel blocks: then `extents` are their batch, channel blocks, rows, columns and lanes, and
/// the border and the channels past the last become 0.
///
/// Operands: the inputs in order, output.
package struct PointwiseDescriptor: KernelDescriptor {
  package static let kernelName = "pointwise"

  package struct Input: Sendable, Equatable {
    package var offset = 0
    /// One for each extent.
    package var strides: [Int] = []

    package init(offset: Int = 0, strides: [Int] = []) {
      self.offset = offset
      self.strides = strides
    }

    mutating func visitFields<Visitor: FieldVisitor>(
      _ name: String, _ visitor: inout Visitor
    ) throws(TesseraError) {
      try visitor.visit("\(name).offset", &offset, in: 0...1 << 48)
      try visitor.visit("\(name).strides", &strides, in: 0...1 << 48, maximumCount: 16)
    }

    /// Bytes up to the last element that loops over `extents` read.
    func byteCount(extents: [Int]) throws(TesseraError) -> Int {
      try require(
        strides.count == extents.count,
        "pointwise has \(extents.count) extents and \(strides.count) strides of an input")
      let region = try StridedRegion(extents: extents, offset: offset, strides: strides)
      return try checkedProduct(region.endOffset, MemoryLayout<Float>.size)
    }
  }

  package var program = PointwiseProgram()
  package var extents: [Int] = []
  package var inputs: [Input] = [Input()]
  /// The layout of an output in images; nil for a dense one.
  package var image: ImageLayout?

  package init() {}

  package var hasResults: Bool { image?.hasPixels ?? true }

  package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    try program.visitFields("", &visitor)
    try visitor.visitResults(&extents, &image, maximumRank: 16)
    if inputs.count != program.inputCount {
      inputs = Array(repeating: Input(), count: program.inputCount)
    }
    for index in inputs.indices {
      try inputs[index].visitFields("inputs[\(index)]", &visitor)
    }
  }

  package func requirements() throws(TesseraError) -> KernelRequirements {
    try require(
      program.valueCount > 0 && program.instructions.first.map(isPossible) ?? true,
      "a pointwise program without inputs starts with \(program.instructions.count) instructions, expected a constant"
    )
    let results = try requireResults(Self.kernelName, extents, image)
    var operands: [OperandRequirement] = []
    for (index, input) in inputs.enumerated() {
      operands.append(
        OperandRequirement(
          "input \(index)", .read, byteCount: try input.byteCount(extents: extents)))
    }
    operands.append(OperandRequirement("output", .write, byteCount: results.byteCount))
    return KernelRequirements(
      operands: operands,
      workspaceByteCount: PointwiseTiling.workspaceByteCount(program),
      floatOperationCount: try checkedProduct(
        results.count, max(1, program.instructions.filter { $0.operation != .constant }.count)))
  }

  /// True if there are values for the first instruction to read.
  private func isPossible(_ first: PointwiseProgram.Instruction) -> Bool {
    program.inputCount > 0 || first.operation == .constant
  }
}
