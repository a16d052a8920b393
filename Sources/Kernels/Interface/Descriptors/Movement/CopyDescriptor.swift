import Tensors

/// Moves elements of any type between strided regions: transpose, slice, one input of a
/// concatenation, padding by reflection or repetition.
///
/// For every index `i` within `extents`: `output[outputOffset + Σ i·outputStrides] =
/// input[inputOffset + Σ i·inputStrides]`, all in elements of `elementByteCount` bytes. Input strides
/// may be negative or 0. Where the two operands are the same bytes (reflection), the regions must not
/// overlap.
///
/// Operands: input (`inputElementCount` elements), output (`outputElementCount` elements).
package struct CopyDescriptor: KernelDescriptor {
  package static let kernelName = "copy"

  package var elementByteCount = 4
  package var extents: [Int] = []
  package var inputElementCount = 0
  package var inputOffset = 0
  package var inputStrides: [Int] = []
  package var outputElementCount = 0
  package var outputOffset = 0
  package var outputStrides: [Int] = []

  package init() {}

  package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    try visitor.visit("element-byte-count", &elementByteCount, in: 1...8)
    try visitor.visit("extents", &extents, in: 0...maximumExtent, maximumCount: 16)
    try visitor.visit("input-element-count", &inputElementCount, in: 0...1 << 48)
    try visitor.visit("input-offset", &inputOffset, in: 0...1 << 48)
    try visitor.visit("input-strides", &inputStrides, in: -(1 << 48)...1 << 48, maximumCount: 16)
    try visitor.visit("output-element-count", &outputElementCount, in: 0...1 << 48)
    try visitor.visit("output-offset", &outputOffset, in: 0...1 << 48)
    try visitor.visit("output-strides", &outputStrides, in: 0...1 << 48, maximumCount: 16)
  }

  package func requirements() throws(TesseraError) -> KernelRequirements {
    try requireElementSize(elementByteCount)
    try require(
      inputStrides.count == extents.count && outputStrides.count == extents.count,
      "copy has \(extents.count) extents, \(inputStrides.count) and \(outputStrides.count) strides")
    let source = try StridedRegion(extents: extents, offset: inputOffset, strides: inputStrides)
    let target = try StridedRegion(extents: extents, offset: outputOffset, strides: outputStrides)
    try require(
      source.firstOffset >= 0 && source.endOffset <= inputElementCount,
      "copy reads elements \(source.firstOffset)..<\(source.endOffset) of \(inputElementCount)")
    try require(
      target.firstOffset >= 0 && target.endOffset <= outputElementCount,
      "copy writes elements \(target.firstOffset)..<\(target.endOffset) of \(outputElementCount)")
    try require(target.visitsEachElementOnce, "copy writes an element more than once")
    return KernelRequirements(operands: [
      OperandRequirement(
        "input", .read, byteCount: try checkedProduct(inputElementCount, elementByteCount)),
      OperandRequirement(
        "output", .write, byteCount: try checkedProduct(outputElementCount, elementByteCount)),
    ])
  }
}
