import Tensors

/// Element-wise arithmetic of two tensors of one floating-point type with NumPy broadcasting, each result
/// rounded to that type.
///
/// Operands: left, right, output; the output is dense with `extents`; an operand's stride (in
/// elements) is 0 along dimensions in which it is broadcast. The output may be the same bytes as an
/// operand of equal extents and dense strides.
package struct BinaryDescriptor: KernelDescriptor {
  package static let kernelName = "binary"
  package enum Operation: Int, CaseIterable, Sendable { case add, subtract, multiply, divide }

  package var operation = Operation.add
  package var elementType = ElementType.float32
  package var extents: [Int] = []
  package var leftStrides: [Int] = []
  package var rightStrides: [Int] = []

  package init() {}

  package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    try visitor.visit("operation", &operation)
    try elementType.visitField("element-type", &visitor)
    try visitor.visit("extents", &extents, in: 0...maximumExtent, maximumCount: 16)
    try visitor.visit("left-strides", &leftStrides, in: 0...1 << 48, maximumCount: 16)
    try visitor.visit("right-strides", &rightStrides, in: 0...1 << 48, maximumCount: 16)
  }

  package func requirements() throws(TesseraError) -> KernelRequirements {
    try require(
      leftStrides.count == extents.count && rightStrides.count == extents.count,
      "binary has \(extents.count) extents, \(leftStrides.count) and \(rightStrides.count) strides")
    try require(
      elementType.isFloatingPoint,
      "binary computes in floating-point types, found \(elementType.onnxName)")
    let elementCount = try checkedElementCount(extents)
    let size = elementType.byteCount
    let left = try StridedRegion(extents: extents, offset: 0, strides: leftStrides)
    let right = try StridedRegion(extents: extents, offset: 0, strides: rightStrides)
    return KernelRequirements(
      operands: [
        OperandRequirement("left", .read, byteCount: try checkedProduct(left.endOffset, size)),
        OperandRequirement("right", .read, byteCount: try checkedProduct(right.endOffset, size)),
        OperandRequirement("output", .write, byteCount: try checkedProduct(elementCount, size)),
      ],
      floatOperationCount: elementCount)
  }
}
