import Tensors

/// Sets every element to one value, given as the low bytes of `bits`.
///
/// Operands: output (`elementCount` elements of `elementByteCount` bytes).
package struct FillDescriptor: KernelDescriptor {
  package static let kernelName = "fill"

  package var elementByteCount = 4
  package var elementCount = 0
  package var bits = 0

  package init() {}

  package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    try visitor.visit("element-byte-count", &elementByteCount, in: 1...8)
    try visitor.visit("element-count", &elementCount, in: 0...1 << 48)
    try visitor.visit("bits", &bits, in: Int.min...Int.max)
  }

  package func requirements() throws(TesseraError) -> KernelRequirements {
    try requireElementSize(elementByteCount)
    let byteCount = try checkedProduct(elementCount, elementByteCount)
    return KernelRequirements(operands: [OperandRequirement("output", .write, byteCount: byteCount)]
    )
  }
}
