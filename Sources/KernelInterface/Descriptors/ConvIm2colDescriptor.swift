import Tensors

/// Convolution as im2col and a GEMM of OpenBLAS, for any number of groups; with bias and activation.
///
/// Operands: input and output (plain NCHW without a border; pads are made while gathering), weights
/// `[outChannels][inChannels / groups][kernelHeight][kernelWidth]`, bias `[outChannels]`.
package struct ConvIm2colDescriptor: KernelDescriptor {
  package static let kernelName = "conv-im2col"

  package var input = ImageLayout()
  package var output = ImageLayout()
  package var window = SlidingWindow()
  package var groups = 1
  package var activation = Activation()

  package init() {}

  package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    try input.visitFields("input", &visitor)
    try output.visitFields("output", &visitor)
    try window.visitFields(&visitor)
    try visitor.visit("groups", &groups, in: 1...maximumExtent)
    try activation.visitFields(&visitor)
  }
}
