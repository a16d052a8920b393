import Tensors

/// One step of gradient descent with momentum and weight decay (Krizhevsky, Sutskever, Hinton, 2012), in place:
/// `v ← momentum · v − rate · (scale · g + decay · w)`, `w ← w + v`.
///
/// Operands: output, the weights `w`; velocity, `v`; gradient, `g`; settings, the four floats rate, momentum,
/// decay and scale. All but the last have `elementCount` floats. What is rounded depends on nothing but the
/// element.
package struct MomentumUpdateDescriptor: KernelDescriptor {
  package static let kernelName = "momentum-update"

  package var elementCount = 0

  package init() {}

  package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    try visitor.visit("element-count", &elementCount, in: 0...maximumExtent)
  }

  package func requirements() throws(TesseraError) -> KernelRequirements {
    let byteCount = try checkedProduct(elementCount, MemoryLayout<Float>.size)
    return KernelRequirements(
      operands: [
        OperandRequirement("output", .write, byteCount: byteCount),
        OperandRequirement("velocity", .write, byteCount: byteCount),
        OperandRequirement("gradient", .read, byteCount: byteCount),
        OperandRequirement("settings", .read, byteCount: 4 * MemoryLayout<Float>.size),
      ],
      floatOperationCount: try checkedProduct(elementCount, 7))
  }
}
