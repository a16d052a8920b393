import Tensors

/// Local response normalisation across channels (ONNX `LRN`):
/// `y(c) = x(c) / (bias + alpha / size · Σ x(c')²)^beta` over
/// `c'` from `c − ⌊(size−1)/2⌋` to `c + ⌈(size−1)/2⌉`, clipped to the channels.
///
/// Operands: input, output (same dimensions and `channelBlock`, borders may differ).
package struct LRNDescriptor: ImageKernelDescriptor {
  package static let kernelName = "lrn"

  package var input = ImageLayout()
  package var output = ImageLayout()
  package var size = 1
  package var alpha: Float = 1e-4
  package var beta: Float = 0.75
  package var bias: Float = 1

  package init() {}

  package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    try input.visitFields("input", &visitor)
    try output.visitFields("output", &visitor)
    try visitor.visit("size", &size, in: 1...maximumExtent)
    try visitor.visit("alpha", &alpha)
    try visitor.visit("beta", &beta)
    try visitor.visit("bias", &bias)
  }

  package func requirements() throws(TesseraError) -> KernelRequirements {
    let (inputOperand, outputOperand) = try requireSameImages(
      Self.kernelName, input, output, sameBlock: true)
    return KernelRequirements(
      operands: [inputOperand, outputOperand],
      workspaceByteCount: squareCount * MemoryLayout<Float>.size,
      floatOperationCount: try checkedProduct(
        2, output.batch, output.channels, output.height, output.width, min(size, output.channels)))
  }

  /// Channels of a window before and after its own, no more than there are.
  package var channelsBefore: Int { min((size - 1) / 2, output.channels) }
  package var channelsAfter: Int { min(size / 2, output.channels) }

  /// Elements of workspace: the squares of a pixel's channels with what a window reads around them.
  package var squareCount: Int {
    channelsBefore + roundUp(output.channels, toMultipleOf: kernelLaneCount) + channelsAfter
      + kernelLaneCount
  }
}
