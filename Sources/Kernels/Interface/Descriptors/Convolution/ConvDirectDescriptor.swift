import Tensors

/// Direct convolution with bias, activation and optional 2×2 stride-2 max-pooling.
///
/// `conv(n, o, y, x) = bias[o] + Σ_{c,i,j} input(n, c, y·sh − top + i·dh, x·sw − left + j·dw) · w(o, c, i, j)`,
/// then the activation, then the pooling (floor: an odd last row or column is dropped).
///
/// Operands: input (layout `input`, whose border must hold every pad that the window reaches),
/// packed weights, bias (`output.channels` rounded up to the lane count, float32), output (layout
/// `output`, blocked), operands of the epilogue.
///
/// With `groups` > 1 the channels of each group must be whole blocks on both sides.
package struct ConvDirectDescriptor: ImageKernelDescriptor {
  package static let kernelName = "conv-direct"

  package var input = ImageLayout()
  /// The layout of the result, after pooling where `poolsMax2x2` is set.
  package var output = ImageLayout()
  package var window = SlidingWindow()
  package var groups = 1
  /// Rows and columns of the convolution's own result, before pooling.
  package var convHeight = 1
  package var convWidth = 1
  package var activation = Activation()
  /// Of the activated results, where they are not pooled.
  package var epilogue = Epilogue()
  package var poolsMax2x2 = false

  package init() {}

  package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    try input.visitFields("input", &visitor)
    try output.visitFields("output", &visitor)
    try window.visitFields(&visitor)
    try visitor.visit("groups", &groups, in: 1...maximumExtent)
    try visitor.visit("conv-height", &convHeight, in: 0...maximumExtent)
    try visitor.visit("conv-width", &convWidth, in: 0...maximumExtent)
    try activation.visitFields(&visitor)
    try epilogue.visitFields(&visitor)
    try visitor.visit("pools-max-2x2", &poolsMax2x2)
  }

  package func requirements() throws(TesseraError) -> KernelRequirements {
    let inputByteCount = try input.byteCount()
    let outputByteCount = try output.byteCount()
    let weightsByteCount = try packedWeightsByteCount()
    try require(
      input.batch == output.batch,
      "conv-direct turns \(input.batch) images into \(output.batch)")
    try require(epilogue.isEmpty || !poolsMax2x2, "conv-direct has an epilogue and pools")
    let pooled = poolsMax2x2 ? 2 : 1
    try require(
      output.height == convHeight / pooled && output.width == convWidth / pooled,
      "conv-direct stores \(convHeight) x \(convWidth) results as \(output.height) x \(output.width)"
    )
    try window.requireInside(input, outputHeight: convHeight, outputWidth: convWidth)

    let tiling = ConvDirectTiling(self)
    let workspaceByteCount = try checkedProduct(
      pooled - 1, tiling.bandHeight, tiling.columnCount, OutputPanels.pairWidth,
      MemoryLayout<Float>.size)
    let operationCount = try checkedProduct(
      2, output.batch, output.channels, convHeight, convWidth, input.channels / groups,
      window.kernelHeight, window.kernelWidth)
    return KernelRequirements(
      operands: try [
        OperandRequirement("input", .read, byteCount: inputByteCount),
        OperandRequirement("weights", .read, byteCount: weightsByteCount),
        OperandRequirement("bias", .read, byteCount: output.paddedChannelsByteCount),
        OperandRequirement("output", .write, byteCount: outputByteCount),
      ] + epilogue.operands(of: output),
      workspaceByteCount: epilogue.workspaceByteCount + workspaceByteCount,
      floatOperationCount: operationCount)
  }

  /// False if it pools, or has an epilogue that is no function of each result.
  var computesEachResultAlone: Bool {
    !poolsMax2x2
      && (epilogue.isEmpty
        || epilogue.inputs.isEmpty && JoinedProgram(epilogue.program).isResultFunction)
  }

  /// Checks what the packing of the weights depends on.
  func validateChannels() throws(TesseraError) {
    try require(
      [1, kernelLaneCount].contains(input.channelBlock) && output.channelBlock == kernelLaneCount,
      """
      conv-direct reads channel blocks of 1 or \(kernelLaneCount) and writes blocks of \
      \(kernelLaneCount), found \(input.channelBlock) and \(output.channelBlock)
      """)
    try requireGroups(groups, divide: input, output)
    try require(
      groups == 1
        || (input.channels / groups % input.channelBlock == 0
          && output.channels / groups % output.channelBlock == 0),
      "conv-direct needs groups of whole channel blocks, found \(groups) groups")
  }
}
