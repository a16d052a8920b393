import Tensors

/// Copies float32 images from one layout to another (plain ↔ blocked, other borders). The interior is
/// copied, the border and padding channels of the output become 0.
///
/// Operands: input, output (same batch, channels, height and width).
package struct ConvertLayoutDescriptor: ImageKernelDescriptor {
  package static let kernelName = "convert-layout"

  package var input = ImageLayout()
  package var output = ImageLayout()

  package init() {}

  package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    try input.visitFields("input", &visitor)
    try output.visitFields("output", &visitor)
  }

  package func requirements() throws(TesseraError) -> KernelRequirements {
    let (inputOperand, outputOperand) = try requireSameImages(
      Self.kernelName, input, output, sameBlock: false)
    return KernelRequirements(operands: [inputOperand, outputOperand])
  }
}
