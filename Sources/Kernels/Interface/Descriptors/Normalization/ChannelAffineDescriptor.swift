import Tensors

/// `output(n, c, y, x) = activation(input(n, c, y, x) · scale[c] + shift[c])`: a batch normalisation
/// at inference that could not be folded, or an activation alone.
///
/// Operands: input, output (same dimensions and `channelBlock`, borders may differ; may be the same
/// bytes if the layouts are equal), scale and shift (`channels` rounded up to a whole block).
package struct ChannelAffineDescriptor: ImageKernelDescriptor {
  package static let kernelName = "channel-affine"

  package var input = ImageLayout()
  package var output = ImageLayout()
  package var activation = Activation()

  package init() {}

  package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    try input.visitFields("input", &visitor)
    try output.visitFields("output", &visitor)
    try activation.visitFields(&visitor)
  }

  package func requirements() throws(TesseraError) -> KernelRequirements {
    let (inputOperand, outputOperand) = try requireSameImages(
      Self.kernelName, input, output, sameBlock: true)
    let channelsByteCount = output.paddedChannelsByteCount
    return KernelRequirements(
      operands: [
        inputOperand, outputOperand,
        OperandRequirement("scale", .read, byteCount: channelsByteCount),
        OperandRequirement("shift", .read, byteCount: channelsByteCount),
      ],
      floatOperationCount: try checkedProduct(
        2, output.batch, output.channels, output.height, output.width))
  }
}
