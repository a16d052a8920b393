import Tensors

/// Converts elements from one type to another (ONNX `Cast`): floats round to the nearest, ties to even,
/// and overflow to infinity; float to integer truncates towards zero and saturates, NaN becomes 0;
/// integers keep their low bits; anything to bool is `≠ 0`.
///
/// Operands: input, output (`elementCount` elements each).
package struct CastDescriptor: KernelDescriptor {
  package static let kernelName = "cast"

  package var elementCount = 0
  package var from = ElementType.float32
  package var to = ElementType.float32

  package init() {}

  package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    try visitor.visit("element-count", &elementCount, in: 0...1 << 48)
    try from.visitField("from", &visitor)
    try to.visitField("to", &visitor)
  }

  package func requirements() throws(TesseraError) -> KernelRequirements {
    KernelRequirements(operands: [
      OperandRequirement(
        "input", .read, byteCount: try checkedProduct(elementCount, from.byteCount)),
      OperandRequirement(
        "output", .write, byteCount: try checkedProduct(elementCount, to.byteCount)),
    ])
  }
}
