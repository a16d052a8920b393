import Tensors

/// Soft-max, or its logarithm, along the middle axis of `[outerCount][axisCount][innerCount]`, with
/// the maximum subtracted first.
///
/// Operands: input, output; float32, dense, may be the same bytes.
package struct SoftmaxDescriptor: KernelDescriptor {
  package static let kernelName = "softmax"

  package var outerCount = 1
  package var axisCount = 1
  package var innerCount = 1
  package var isLogarithmic = false

  package init() {}

  package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    try visitor.visit("outer-count", &outerCount, in: 0...maximumExtent)
    try visitor.visit("axis-count", &axisCount, in: 0...maximumExtent)
    try visitor.visit("inner-count", &innerCount, in: 0...maximumExtent)
    try visitor.visit("is-logarithmic", &isLogarithmic)
  }

  package func requirements() throws(TesseraError) -> KernelRequirements {
    let elementCount = try checkedProduct(outerCount, axisCount, innerCount)
    let byteCount = try checkedProduct(
      outerCount, axisCount, innerCount, MemoryLayout<Float>.size)
    return KernelRequirements(
      operands: [
        OperandRequirement("input", .read, byteCount: byteCount),
        OperandRequirement("output", .write, byteCount: byteCount),
      ],
      floatOperationCount: try checkedProduct(3, elementCount))
  }
}
