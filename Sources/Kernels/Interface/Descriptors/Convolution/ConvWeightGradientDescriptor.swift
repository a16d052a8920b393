import Tensors

/// The gradient of a convolution's weights, of its input and the gradient of its result:
///
/// `output(m, c, i, j) = Σ_{n,y,x} gradient(n, m, y, x) · input(n, c, y·sh − top + i·dh, x·sw − left + j·dw)`, with
/// the channels c of the group of m.
///
/// Operands: input (layout `input`, whose border must hold every pad that the window reaches), gradient (layout
/// `gradient`), output (`[gradient.channels][input.channels / groups][kernelHeight][kernelWidth]`, dense), scratch;
/// both layouts blocked, all float32.
package struct ConvWeightGradientDescriptor: KernelDescriptor {
  package static let kernelName = "conv-weight-gradient"

  package var input = ImageLayout()
  package var gradient = ImageLayout()
  package var window = SlidingWindow()
  package var groups = 1

  package init() {}

  package var hasResults: Bool { gradient.hasPixels }

  package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    try input.visitFields("input", &visitor)
    try gradient.visitFields("gradient", &visitor)
    try window.visitFields(&visitor)
    try visitor.visit("groups", &groups, in: 1...maximumExtent)
  }

  package func requirements() throws(TesseraError) -> KernelRequirements {
    let inputByteCount = try input.byteCount()
    let gradientByteCount = try gradient.byteCount()
    try require(
      input.channelBlock == kernelLaneCount && gradient.channelBlock == kernelLaneCount,
      """
      \(Self.kernelName) takes channel blocks of \(kernelLaneCount), found \(input.channelBlock) and \
      \(gradient.channelBlock)
      """)
    try require(
      input.batch == gradient.batch,
      "\(Self.kernelName) takes \(input.batch) images and the gradients of \(gradient.batch)")
    try requireGroups(groups, divide: input, gradient)
    try window.requireInside(
      input, outputHeight: gradient.height, outputWidth: gradient.width)
    let outputByteCount = try checkedProduct(
      gradient.channels, input.channels / groups, window.kernelHeight, window.kernelWidth,
      MemoryLayout<Float>.size)
    let tiling = ConvWeightGradientTiling(self)
    return KernelRequirements(
      operands: [
        OperandRequirement("input", .read, byteCount: inputByteCount),
        OperandRequirement("gradient", .read, byteCount: gradientByteCount),
        OperandRequirement("output", .write, byteCount: outputByteCount),
        OperandRequirement("scratch", .write, byteCount: try tiling.scratchByteCount()),
      ],
      workspaceByteCount: try tiling.workspaceByteCount(),
      floatOperationCount: try checkedProduct(
        2, gradient.batch, gradient.channels, gradient.height, gradient.width,
        input.channels / groups, window.kernelHeight, window.kernelWidth))
  }

  /// Bytes of the scratch operand.
  ///
  /// - Throws: `TesseraError` if the descriptor is not valid.
  package func scratchByteCount() throws(TesseraError) -> Int {
    _ = try requirements()
    return try ConvWeightGradientTiling(self).scratchByteCount()
  }
}
