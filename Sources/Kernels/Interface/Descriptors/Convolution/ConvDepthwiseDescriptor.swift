import Tensors

/// Depthwise convolution with bias and activation: every channel has a window of weights of its own.
///
/// `output(n, c, y, x) = activation(bias[c] + Σ_{i,j} input(n, c, y·sh − top + i·dh, x·sw − left + j·dw) · w(c, i, j))`
///
/// Operands: input (layout `input`, blocked, whose border must hold every pad that the window
/// reaches), packed weights, bias (`output.channels` rounded up to the lane count, float32), output
/// (layout `output`, blocked), operands of the epilogue.
package struct ConvDepthwiseDescriptor: BandsConsumer {
  package static let kernelName = "conv-depthwise"

  package var input = ImageLayout()
  package var output = ImageLayout()
  package var window = SlidingWindow()
  package var activation = Activation()
  /// Of the activated results.
  package var epilogue = Epilogue()

  package init() {}

  package mutating func visitFieldsButInput<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    try output.visitFields("output", &visitor)
    try window.visitFields(&visitor)
    try activation.visitFields(&visitor)
    try epilogue.visitFields(&visitor)
  }

  package func requirements() throws(TesseraError) -> KernelRequirements {
    let inputByteCount = try input.byteCount()
    let outputByteCount = try output.byteCount()
    try require(
      input.channelBlock == kernelLaneCount && output.channelBlock == kernelLaneCount,
      """
      conv-depthwise takes channel blocks of \(kernelLaneCount), found \(input.channelBlock) and \
      \(output.channelBlock)
      """)
    try require(
      input.batch == output.batch && input.channels == output.channels,
      """
      conv-depthwise turns \(input.batch) images of \(input.channels) channels into \
      \(output.batch) of \(output.channels)
      """)
    try window.requireInside(input, outputHeight: output.height, outputWidth: output.width)
    return KernelRequirements(
      operands: try [
        OperandRequirement("input", .read, byteCount: inputByteCount),
        OperandRequirement("weights", .read, byteCount: try packedWeightsByteCount()),
        OperandRequirement("bias", .read, byteCount: output.paddedChannelsByteCount),
        OperandRequirement("output", .write, byteCount: outputByteCount),
      ] + epilogue.operands(of: output),
      workspaceByteCount: epilogue.workspaceByteCount,
      floatOperationCount: try checkedProduct(
        2, output.batch, output.channels, output.height, output.width, window.kernelHeight,
        window.kernelWidth))
  }
}
