import Tensors

/// Local response normalisation across channels (ONNX `LRN`):
/// `y(c) = x(c) / (bias + alpha / size · Σ x(c')²)^beta` over
/// `c'` from `c − ⌊(size−1)/2⌋` to `c + ⌈(size−1)/2⌉`, clipped to the channels.
///
/// Operands: input, output (same dimensions and `channelBlock`, borders may differ).
package struct LRNDescriptor: KernelDescriptor {
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
      floatOperationCount: try checkedProduct(
        2, output.batch, output.channels, output.height, output.width, min(size, output.channels)))
  }
}
