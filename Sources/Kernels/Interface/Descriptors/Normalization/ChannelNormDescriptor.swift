import Tensors

/// Layer normalisation over the channels of each pixel (Ba, Kiros and Hinton, arXiv 1607.06450):
/// `y(c) = (x(c) − mean) / √(variance + epsilon) · scale[c] + bias[c]`, mean and variance over all channels.
/// Sums are formed in float64.
///
/// Operands: input and output (blocked, same dimensions, borders may differ), between them scale and bias
/// (`input.channels` rounded up to the lane count).
package struct ChannelNormDescriptor: ImageKernelDescriptor {
  package static let kernelName = "channel-norm"

  package var input = ImageLayout()
  package var output = ImageLayout()
  package var epsilon: Float = 1e-5

  package init() {}

  package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    try input.visitFields("input", &visitor)
    try output.visitFields("output", &visitor)
    try visitor.visit("epsilon", &epsilon)
  }

  package func requirements() throws(TesseraError) -> KernelRequirements {
    let (inputOperand, outputOperand) = try requireSameImages(
      Self.kernelName, input, output, sameBlock: true)
    try require(
      input.channelBlock == kernelLaneCount,
      "channel-norm takes channel blocks of \(kernelLaneCount), found \(input.channelBlock)")
    return KernelRequirements(
      operands: [
        inputOperand,
        OperandRequirement("scale", .read, byteCount: input.paddedChannelsByteCount),
        OperandRequirement("bias", .read, byteCount: input.paddedChannelsByteCount),
        outputOperand,
      ],
      floatOperationCount: try checkedProduct(
        8, output.batch, output.channels, output.height, output.width))
  }
}
