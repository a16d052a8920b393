/// How the direct convolution is cut into work items and cache blocks. It follows from the descriptor
/// alone, so that any number of threads gives the same sums.
///
/// An item is a band of output rows of one panel of output channels of one image. Within an item the
/// input channels are taken a few blocks at a time, such that their packed weights stay in the L1
/// cache while they are used for the whole band.
package struct ConvDirectTiling: Sendable, Equatable {
  /// Bytes of packed weights that one pass over a band uses: about half of an L1 cache of 32 KiB.
  /// To tune it and the two below, time `tessera bench` on VGG-D with 1 and 2 threads.
  static let passWeightsByteCount = 19 << 10
  /// Pixels of a band over which the weights that were brought into the cache are reused.
  static let minimumBandPixelCount = 192
  /// Multiply-adds that make an item long against the cost of handing it out.
  static let minimumItemMultiplyAddCount = 1 << 21

  /// Rows that a band is a multiple of: 2 where pooling follows, else 1.
  private let rowUnit: Int
  private let unitCount: Int
  /// Columns of the convolution, before pooling, that have to be computed.
  package let columnCount: Int
  /// Rows of the tallest band.
  package let bandHeight: Int
  package let bandCount: Int
  /// Input channel blocks of one pass over a band; the last pass may have fewer.
  package let blocksPerPass: Int

  /// The tiling of a descriptor that `requirements()` accepts.
  package init(_ conv: ConvDirectDescriptor) {
    rowUnit = conv.poolsMax2x2 ? 2 : 1
    unitCount = conv.output.height
    columnCount = conv.output.width * rowUnit

    let pixelWork = conv.weightsPerOutputChannel * OutputPanels.fullWidth
    let pixelCount = max(
      Self.minimumBandPixelCount,
      ceilingQuotient(Self.minimumItemMultiplyAddCount, max(1, pixelWork)))
    let wantedHeight = ceilingQuotient(pixelCount, max(1, columnCount))
    bandCount = max(1, ceilingQuotient(unitCount, ceilingQuotient(wantedHeight, rowUnit)))
    bandHeight = ceilingQuotient(unitCount, bandCount) * rowUnit

    let blockWeights =
      max(1, conv.window.kernelHeight * conv.window.kernelWidth)
      * conv.input.channelBlock * OutputPanels.fullWidth * MemoryLayout<Float>.size
    let blockCount = max(1, conv.inputBlocksPerGroup)
    let wantedBlocks = max(1, Self.passWeightsByteCount / blockWeights)
    blocksPerPass = ceilingQuotient(blockCount, ceilingQuotient(blockCount, wantedBlocks))
  }

  /// Rows of the convolution, before pooling, of `band`. Where pooling follows, both bounds are even.
  package func rows(ofBand band: Int) -> Range<Int> {
    rowUnit * (unitCount * band / bandCount)..<rowUnit * (unitCount * (band + 1) / bandCount)
  }
}
