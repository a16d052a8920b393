import Tensors

/// How the gradient of weights by Winograd's algorithm is cut, and where its values lie in the scratch memory. It
/// follows from the descriptor alone.
///
/// Tiles are numbered image by image, row by row. A wave is the tiles whose transforms are there at a time: inputs as
/// `[point][input channel block][tile][8]`, gradients as `[point][pair][tile][output]`, with a gap after each point, as in
/// `ConvWinogradTiling`. The sums over all waves follow, `[point][pair][input channel block][lane][output]`. A pair
/// is 32 output channels, or the last 16 or fewer.
package struct WinogradWeightGradientTiling: Sendable, Equatable {
  /// Rows and columns of gradients of a tile.
  package static let tileExtent = 4
  package static let pointCount = 36
  package static let tapCount = 9
  package static let pairWidth = OutputPanels.pairWidth
  /// Bytes of the transforms of a wave where it has more than `minimumWaveTileCount`. To tune these numbers, time
  /// `tessera bench --steps` on gradients of VGG's layers.
  private static let waveByteCount = 16 << 20
  /// Tiles of a wave at least, so that the sums are read and written seldom.
  private static let minimumWaveTileCount = 384
  /// Tiles whose products are summed from zero: their gradients, 32 KiB of a pair, are read again for each input
  /// channel block.
  package static let maximumRunSize = 256
  private static let gap = 16

  /// Rows and columns of tiles of an image.
  package let rowCount: Int
  package let columnCount: Int
  package let inputBlockCount: Int
  package let pairCount: Int
  /// The tiles of each wave.
  package let waves: EvenSplit
  private let outputCount: Int
  private let tileCapacity: Int

  /// The tiling of a descriptor whose layouts have been checked.
  package init(_ conv: WinogradWeightGradientDescriptor) {
    rowCount = ceilingQuotient(conv.gradient.height, Self.tileExtent)
    columnCount = ceilingQuotient(conv.gradient.width, Self.tileExtent)
    inputBlockCount = conv.input.channelBlockCount
    outputCount = conv.gradient.channels
    pairCount = ceilingQuotient(outputCount, Self.pairWidth)
    let tileByteCount =
      Self.pointCount * (inputBlockCount * kernelLaneCount + pairCount * Self.pairWidth)
      * MemoryLayout<Float>.size
    waves = EvenSplit(
      total: conv.hasResults ? conv.gradient.batch * rowCount * columnCount : 0,
      maximumSize: max(Self.minimumWaveTileCount, Self.waveByteCount / max(1, tileByteCount)))
    tileCapacity = waves.partCount > 0 ? waves[0].count : 0
  }

  /// The output channels of a pair.
  package func outputs(ofPair pair: Int) -> Range<Int> {
    pair * Self.pairWidth..<min((pair + 1) * Self.pairWidth, outputCount)
  }

  /// Output channels of a pair with those that fill it up: 16 or 32.
  package func width(ofPair pair: Int) -> Int {
    roundUp(outputs(ofPair: pair).count, toMultipleOf: OutputPanels.fullWidth)
  }

  // MARK: Scratch memory, in elements

  package var inputPointStride: Int {
    inputBlockCount * tileCapacity * kernelLaneCount + Self.gap
  }
  package var gradientPointStride: Int { pairCount * tileCapacity * Self.pairWidth + Self.gap }
  package var sumsPointStride: Int { pairCount * pairStride }
  private var pairStride: Int { inputBlockCount * kernelLaneCount * Self.pairWidth }

  /// Where the transformed inputs of a channel block start.
  package func inputOffset(block: Int) -> Int { block * tileCapacity * kernelLaneCount }

  /// Where the transformed gradients of a pair start.
  package func gradientOffset(pair: Int) -> Int {
    Self.pointCount * inputPointStride + pair * tileCapacity * Self.pairWidth
  }

  /// Where the sums of a pair and an input channel block start.
  package func sumsOffset(pair: Int, block: Int) -> Int {
    Self.pointCount * (inputPointStride + gradientPointStride) + pair * pairStride
      + block * kernelLaneCount * width(ofPair: pair)
  }

  func scratchByteCount() throws(TesseraError) -> Int {
    let channels = try checkedProduct(
      pairCount, Self.pairWidth, inputBlockCount + 1, kernelLaneCount)
    _ = try checkedProduct(
      Self.pointCount, channels, tileCapacity + 1, 4 * Self.gap, MemoryLayout<Float>.size)
    guard tileCapacity > 0 else { return 0 }
    return Self.pointCount * (inputPointStride + gradientPointStride + sumsPointStride)
      * MemoryLayout<Float>.size
  }

  /// Bytes of a transform of two tiles that is half done, or of the results of a pair and an input channel block
  /// after such a one of two vectors.
  static let workspaceByteCount =
    (patchElementCount + tapCount * kernelLaneCount * pairWidth) * MemoryLayout<Float>.size
  package static let patchElementCount = pointCount * 2 * kernelLaneCount
}
