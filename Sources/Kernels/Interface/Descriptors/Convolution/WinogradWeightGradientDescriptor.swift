import Tensors

/// The gradient of the weights of a 3×3 convolution of stride 1, dilation 1 and one group, by Winograd's F(3×3, 4×4)
/// (Lavin and Gray, 2015, section 4.3): tiles of 6×6 inputs and 4×4 gradients of results, of which the transforms'
/// products are summed over all tiles and images before they are transformed back.
///
/// Operands: input (layout `input`, whose border must hold the pads and whatever the last row and column of tiles
/// read past the image), gradient (layout `gradient`, whose border must fill the last tiles up), output
/// (`[gradient.channels][input.channels][3][3]`, dense), scratch; both layouts blocked, all float32.
package struct WinogradWeightGradientDescriptor: KernelDescriptor {
  package static let kernelName = "winograd-weight-gradient"

  package var input = ImageLayout()
  package var gradient = ImageLayout()
  package var padTop = 0
  package var padLeft = 0

  package init() {}

  package var hasResults: Bool { gradient.hasPixels }

  package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    try input.visitFields("input", &visitor)
    try gradient.visitFields("gradient", &visitor)
    try visitor.visit("pad-top", &padTop, in: 0...1 << 24)
    try visitor.visit("pad-left", &padLeft, in: 0...1 << 24)
  }

  /// A convolution with the same tiles, F(4×4, 3×3).
  package var forward: ConvWinogradDescriptor {
    var conv = ConvWinogradDescriptor()
    (conv.input, conv.output) = (input, gradient)
    (conv.padTop, conv.padLeft) = (padTop, padLeft)
    (conv.convHeight, conv.convWidth) = (gradient.height, gradient.width)
    return conv
  }

  package func requirements() throws(TesseraError) -> KernelRequirements {
    let operands = try forward.requirements().operands
    let tiling = WinogradWeightGradientTiling(self)
    let tile = WinogradWeightGradientTiling.tileExtent
    try require(
      !hasResults
        || (gradient.height + gradient.borderBottom >= tiling.rowCount * tile
          && gradient.width + gradient.borderRight >= tiling.columnCount * tile),
      """
      tiles reach row \(tiling.rowCount * tile) and column \(tiling.columnCount * tile) of a gradient of \
      \(gradient.height) x \(gradient.width) with a border of \(gradient.borderBottom) x \
      \(gradient.borderRight) behind it
      """)
    return KernelRequirements(
      operands: [
        OperandRequirement("input", .read, byteCount: operands[0].byteCount),
        OperandRequirement("gradient", .read, byteCount: operands[3].byteCount),
        OperandRequirement(
          "output", .write,
          byteCount: try checkedProduct(
            gradient.channels, input.channels, 9, MemoryLayout<Float>.size)),
        OperandRequirement("scratch", .write, byteCount: try tiling.scratchByteCount()),
      ],
      workspaceByteCount: WinogradWeightGradientTiling.workspaceByteCount,
      floatOperationCount: try checkedProduct(
        2, gradient.batch, gradient.channels, gradient.height, gradient.width, input.channels, 9))
  }

  /// Bytes of the scratch operand.
  ///
  /// - Throws: `TesseraError` if the descriptor is not valid.
  package func scratchByteCount() throws(TesseraError) -> Int {
    _ = try requirements()
    return try WinogradWeightGradientTiling(self).scratchByteCount()
  }
}
