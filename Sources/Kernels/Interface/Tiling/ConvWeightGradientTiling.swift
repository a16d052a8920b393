import Tensors

/// How the gradient of a convolution's weights is cut into items, and where their sums lie. It follows from the
/// descriptor alone.
///
/// A *unit* is 32 output channels, or the last 16 or fewer, and some blocks of the input channels of their groups. A
/// *band* is some rows of the results of an image, a *piece* a range of all bands. An item sums the bands of a piece
/// for one unit, where the scratch memory holds `[piece][unit][block][tap][lane][output]`, so that there are items
/// enough for several threads where there are few units; then the pieces of each unit are added.
package struct ConvWeightGradientTiling: Sendable, Equatable {
  package static let unitWidth = OutputPanels.pairWidth
  /// Input channel blocks of a unit at most: the sums of 3×3 windows, 72 KiB, stay in the L2 cache.
  private static let maximumBlockCount = 8
  /// Results of a band, whose gradients, 32 KiB, are read again for each tap and input channel. To tune these
  /// numbers, time `tessera bench --steps` on gradients of VGG's layers.
  private static let bandPixelCount = 256
  /// Items of the sums over pieces at least, where there are as many bands.
  private static let minimumItemCount = 32

  /// Units of 32 output channels.
  package let pairCount: Int
  /// Units of each of them; some of them may have no blocks.
  package let chunkCount: Int
  /// The bands of an image.
  package let bands: EvenSplit
  package let bandCount: Int
  /// The bands of each piece.
  package let pieces: EvenSplit
  package let tapCount: Int
  private let inputGroupSize: Int
  private let outputGroupSize: Int
  private let outputCount: Int
  private let maximumBandPixelCount: Int
  private let blocksPerUnit: Int

  /// The tiling of a descriptor whose layouts and groups have been checked.
  package init(_ conv: ConvWeightGradientDescriptor) {
    outputCount = conv.gradient.channels
    inputGroupSize = conv.input.channels / conv.groups
    outputGroupSize = conv.gradient.channels / conv.groups
    tapCount = conv.window.kernelHeight * conv.window.kernelWidth
    pairCount = ceilingQuotient(outputCount, Self.unitWidth)
    // A range of channels that starts within a block touches one more.
    let groupCount = min(conv.groups, (Self.unitWidth - 1) / outputGroupSize + 2)
    let blockCount = min(
      conv.input.channelBlockCount,
      (groupCount * inputGroupSize + kernelLaneCount - 2) / kernelLaneCount + 1)
    blocksPerUnit = min(blockCount, Self.maximumBlockCount)
    chunkCount = ceilingQuotient(blockCount, blocksPerUnit)
    let height = max(1, Self.bandPixelCount / max(1, conv.gradient.width))
    bands = EvenSplit(total: conv.gradient.height, maximumSize: height)
    maximumBandPixelCount =
      bands.partCount > 0 ? bands[0].count * conv.gradient.width : 0
    bandCount = conv.hasResults ? conv.gradient.batch * bands.partCount : 0
    let pieceCount = ceilingQuotient(Self.minimumItemCount, pairCount * chunkCount)
    pieces = EvenSplit(
      total: bandCount, maximumSize: max(1, ceilingQuotient(bandCount, pieceCount)))
  }

  package var unitCount: Int { pairCount * chunkCount }

  /// The output channels of a pair.
  package func outputs(ofPair pair: Int) -> Range<Int> {
    pair * Self.unitWidth..<min((pair + 1) * Self.unitWidth, outputCount)
  }

  /// Output channels of a unit with those that fill it up: 16 or 32.
  package func width(ofPair pair: Int) -> Int {
    roundUp(outputs(ofPair: pair).count, toMultipleOf: OutputPanels.fullWidth)
  }

  /// The input channels that belong to an output channel.
  package func inputs(ofOutput output: Int) -> Range<Int> {
    let first = output / outputGroupSize * inputGroupSize
    return first..<first + inputGroupSize
  }

  /// The input channel blocks of a unit; may be empty.
  package func blocks(pair: Int, chunk: Int) -> Range<Int> {
    let outputs = outputs(ofPair: pair)
    let first = inputs(ofOutput: outputs.lowerBound).lowerBound / kernelLaneCount
    let end = ceilingQuotient(
      inputs(ofOutput: outputs.upperBound - 1).upperBound, kernelLaneCount)
    let start = first + chunk * blocksPerUnit
    return min(start, end)..<min(start + blocksPerUnit, end)
  }

  /// Elements of the sums of a unit.
  package var unitElementCount: Int {
    blocksPerUnit * tapCount * kernelLaneCount * Self.unitWidth
  }

  func scratchByteCount() throws(TesseraError) -> Int {
    try checkedProduct(
      pieces.partCount, pairCount, chunkCount, blocksPerUnit, tapCount,
      kernelLaneCount * Self.unitWidth, MemoryLayout<Float>.size)
  }

  /// Bytes of the gradients of a band, `[pixel][output]`.
  func workspaceByteCount() throws(TesseraError) -> Int {
    try checkedProduct(maximumBandPixelCount, Self.unitWidth, MemoryLayout<Float>.size)
  }
}
