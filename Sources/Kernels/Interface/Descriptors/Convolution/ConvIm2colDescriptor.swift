import Tensors

/// Convolution as im2col and a matrix product, for any number of groups; with bias and activation.
///
/// Operands: input and output (plain NCHW without a border; pads are made while gathering), weights
/// `[outChannels][inChannels / groups][kernelHeight][kernelWidth]`, bias `[outChannels]`.
package struct ConvIm2colDescriptor: ImageKernelDescriptor {
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

  package func requirements() throws(TesseraError) -> KernelRequirements {
    let inputByteCount = try input.byteCount()
    let outputByteCount = try output.byteCount()
    for layout in [input, output] {
      try require(
        layout.channelBlock == 1 && !layout.hasBorder, "conv-im2col takes plain images only")
    }
    try require(
      input.batch == output.batch,
      "conv-im2col turns \(input.batch) images into \(output.batch)")
    try requireGroups(groups, divide: input, output)
    let weightsByteCount = try checkedProduct(
      output.channels, input.channels / groups, window.kernelHeight, window.kernelWidth,
      MemoryLayout<Float>.size)

    let tiling = ConvIm2colTiling(self)
    _ = try checkedProduct(output.batch, groups, tiling.tiles.partCount)
    let operationCount = try checkedProduct(
      2, output.batch, output.channels, tiling.pixelCount, tiling.depth)
    return KernelRequirements(
      operands: [
        OperandRequirement("input", .read, byteCount: inputByteCount),
        OperandRequirement("weights", .read, byteCount: weightsByteCount),
        OperandRequirement(
          "bias", .read, byteCount: output.channels * MemoryLayout<Float>.size),
        OperandRequirement("output", .write, byteCount: outputByteCount),
      ],
      workspaceByteCount: tiling.workspaceByteCount, floatOperationCount: operationCount)
  }
}
