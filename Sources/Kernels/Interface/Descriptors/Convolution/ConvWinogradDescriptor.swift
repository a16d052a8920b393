import Tensors

/// A convolution of stride 1, dilation 1 and one group by F(m×m, r×r), F(1×m, 1×r) or F(m×1, r×1), with bias,
/// activation and, in two dimensions, 2×2 max-pooling of stride 2 (floor) after it.
///
/// Operands: input (layout `input`, blocked, the border zero; it must hold the pads and whatever the
/// last row and column of tiles read past the image), packed transformed weights of type `weightType`,
/// bias (`output.channels` rounded up to the lane count, float32), output (layout `output`, blocked),
/// scratch (the transformed inputs of the schedule in phases; empty where fused), operands of the epilogue.
package struct ConvWinogradDescriptor: BandsConsumer {
  package static let kernelName = "conv-winograd"

  /// How the transforms and the matrix products follow one another.
  package enum Schedule: Int, CaseIterable, Sendable {
    /// A work item takes a block of tiles from input to output, in its thread's workspace. For layers
    /// with many tiles.
    case fused
    /// The inputs of a wave of blocks are transformed first; then a work item takes a block of tiles
    /// through the products and the output transform of one panel of output channels, so that few items
    /// read the same weights. For layers with few tiles and many channels.
    case phased
  }

  package var input = ImageLayout()
  /// The layout of the result, after pooling where `poolsMax2x2` is set.
  package var output = ImageLayout()
  package var padTop = 0
  package var padLeft = 0
  /// Rows and columns of the convolution's own result, before pooling.
  package var convHeight = 1
  package var convWidth = 1
  package var shape = WinogradShape(.four)
  package var schedule = Schedule.fused
  /// Tiles of a block at most.
  package var tilesPerBlock = 1
  /// How the transformed weights are stored.
  package var weightType = WeightType.float32
  package var activation = Activation()
  /// Of the activated results, where they are not pooled.
  package var epilogue = Epilogue()
  package var poolsMax2x2 = false

  package init() {}

  package mutating func visitFieldsButInput<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    try output.visitFields("output", &visitor)
    try visitor.visit("pad-top", &padTop, in: 0...1 << 24)
    try visitor.visit("pad-left", &padLeft, in: 0...1 << 24)
    try visitor.visit("conv-height", &convHeight, in: 0...maximumExtent)
    try visitor.visit("conv-width", &convWidth, in: 0...maximumExtent)
    try visitShape(&visitor)
    try visitor.visit("schedule", &schedule)
    try visitor.visit("tiles-per-block", &tilesPerBlock, in: 1...1 << 16)
    try visitor.visit("weight-type", &weightType)
    try activation.visitFields(&visitor)
    try epilogue.visitFields(&visitor)
    try visitor.visit("pools-max-2x2", &poolsMax2x2)
  }

  private mutating func visitShape<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    var tile = shape.tile
    var (height, width) = (shape.rows.kernelExtent, shape.columns.kernelExtent)
    try visitor.visit("tile", &tile)
    try visitor.visit("kernel-height", &height, in: 1...maximumExtent)
    try visitor.visit("kernel-width", &width, in: 1...maximumExtent)
    guard let shape = WinogradShape(tile, kernelHeight: height, kernelWidth: width) else {
      throw TesseraError(
        .invalidInput, "conv-winograd has no tile \(tile) for windows of \(height) x \(width)")
    }
    self.shape = shape
  }

  package func requirements() throws(TesseraError) -> KernelRequirements {
    let inputByteCount = try input.byteCount()
    let outputByteCount = try output.byteCount()
    let weightsByteCount = try packedWeightsByteCount()
    try require(
      input.batch == output.batch,
      "conv-winograd turns \(input.batch) images into \(output.batch)")
    try require(epilogue.isEmpty || !poolsMax2x2, "conv-winograd has an epilogue and pools")
    try require(
      !poolsMax2x2 || !shape.isOneDimensional, "conv-winograd pools tiles of one row or column")
    let pooled = poolsMax2x2 ? 2 : 1
    try require(
      output.height == convHeight / pooled && output.width == convWidth / pooled,
      """
      conv-winograd stores \(convHeight) x \(convWidth) results as \(output.height) x \
      \(output.width)
      """)
    let tiling = ConvWinogradTiling(self)
    try requireTilesInside(tiling)
    let memory = try tiling.memory()
    let operationCount = try checkedProduct(
      2, output.batch, output.channels, convHeight, convWidth, input.channels,
      shape.rows.kernelExtent, shape.columns.kernelExtent)
    return KernelRequirements(
      operands: try [
        OperandRequirement("input", .read, byteCount: inputByteCount),
        OperandRequirement("weights", .read, byteCount: weightsByteCount),
        OperandRequirement("bias", .read, byteCount: output.paddedChannelsByteCount),
        OperandRequirement("output", .write, byteCount: outputByteCount),
        OperandRequirement("scratch", .write, byteCount: memory.scratchByteCount),
      ] + epilogue.operands(of: output),
      workspaceByteCount: epilogue.workspaceByteCount + memory.workspaceByteCount,
      floatOperationCount: operationCount)
  }

  /// Bytes of the scratch operand.
  ///
  /// - Throws: `TesseraError` if the descriptor is not valid.
  package func scratchByteCount() throws(TesseraError) -> Int {
    _ = try requirements()
    return try ConvWinogradTiling(self).memory().scratchByteCount
  }

  /// Checks that what the tiles read is stored.
  private func requireTilesInside(_ tiling: ConvWinogradTiling) throws(TesseraError) {
    try require(
      padTop <= input.borderTop && padLeft <= input.borderLeft,
      "a tile starts \(padTop) rows and \(padLeft) columns before the image, beyond its border")
    let (rows, columns) = (shape.rows, shape.columns)
    let bottom = tiling.rowCount * rows.outputExtent + rows.kernelExtent - 1 - padTop
    let right = tiling.columnCount * columns.outputExtent + columns.kernelExtent - 1 - padLeft
    try require(
      tiling.rowCount == 0 || tiling.columnCount == 0
        || (bottom <= input.height + input.borderBottom
          && right <= input.width + input.borderRight),
      """
      tiles reach row \(bottom) and column \(right) of an image of \(input.height) x \
      \(input.width) with a border of \(input.borderBottom) x \(input.borderRight) behind it
      """)
  }

  /// Checks what the packing of the weights depends on.
  func validateChannels() throws(TesseraError) {
    try require(
      input.channelBlock == kernelLaneCount && output.channelBlock == kernelLaneCount,
      """
      conv-winograd takes channel blocks of \(kernelLaneCount), found \(input.channelBlock) and \
      \(output.channelBlock)
      """)
    try requireGroups(1, divide: input, output)
  }
}
