/// How the direct convolution is cut into work items and cache blocks. It follows from the descriptor
/// alone, so that any number of threads gives the same sums.
///
/// A pair is two neighbouring panels of output channels of one group, or the last alone. An item is a band of
/// output rows of some pairs of one image, one pair after the other. For each pair the
/// input channels are taken a few blocks at a time, such that their packed weights stay in the L2
/// cache while they are used for the whole band.
package struct ConvDirectTiling: Sendable, Equatable {
  /// Bytes of packed weights of a panel that one pass over a band uses: those of a pair stay in an L2 cache and
  /// are few enough that products of 1024 inputs at most are summed from zero.
  /// To tune it and those below, time `tessera bench` on VGG-D and ResNet-50 with 1 and 2 threads.
  static let passWeightsByteCount = 64 << 10
  /// Pixels of a band over which the weights that were brought into the cache are reused.
  static let minimumBandPixelCount = 96
  /// Multiply-adds that make an item long against the cost of handing it out. To tune it, time `tessera bench` on
  /// MobileNetV3 and ResNet-50 with 2 threads.
  static let minimumItemMultiplyAddCount = 1 << 18
  /// Multiply-adds that take as long as bringing one weight into the cache.
  static let multiplyAddsPerWeight = 24

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
  private let panels: OutputPanels
  package let pairCount: Int
  /// The pairs of all groups in the items of a band.
  package let items: EvenSplit

  /// The tiling of a descriptor that `requirements()` accepts.
  package init(_ conv: ConvDirectDescriptor) {
    rowUnit = conv.poolsMax2x2 ? 2 : 1
    unitCount = conv.output.height
    columnCount = conv.output.width * rowUnit

    panels = conv.outputPanelsOfGroup
    let pairWeights = max(
      1,
      conv.weightsPerOutputChannel * min(OutputPanels.pairWidth, panels.paddedChannelCount))
    let pixelCount = max(
      Self.minimumBandPixelCount,
      ceilingQuotient(Self.minimumItemMultiplyAddCount, pairWeights))
    let wantedHeight = ceilingQuotient(pixelCount, max(1, columnCount))
    bandCount = max(1, ceilingQuotient(unitCount, ceilingQuotient(wantedHeight, rowUnit)))
    bandHeight = ceilingQuotient(unitCount, bandCount) * rowUnit

    let weightUses = bandHeight * columnCount + Self.multiplyAddsPerWeight
    pairCount = conv.groups * panels.pairCount
    items = EvenSplit(
      total: pairCount,
      maximumSize: ceilingQuotient(
        ceilingQuotient(Self.minimumItemMultiplyAddCount, pairWeights), weightUses))

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

  /// The group of a pair and its panels there, counted from the first of the group.
  package func panels(ofPair pair: Int) -> (group: Int, panels: Range<Int>) {
    let (group, index) = pair.quotientAndRemainder(dividingBy: panels.pairCount)
    return (group, panels.panels(ofPair: index))
  }
}
