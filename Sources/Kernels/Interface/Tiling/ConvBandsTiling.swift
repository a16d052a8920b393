/// How `conv-bands` is cut into work items and bands. It follows from the descriptor alone.
///
/// An item is some bands of rows of results, one after the other, in the channels of one pair of panels of the
/// producer. For each band the rows between that its windows cover are stored; those that the band before
/// covered too are kept, within an item. Items next to each other both compute the rows that both cover.
package struct ConvBandsTiling: Sendable, Equatable {
  /// Bytes of stored rows that stay in an L2 cache beside what they are made of.
  /// To tune it and the next, time `tessera bench --steps` on MobileNetV2 and EfficientNet-B0.
  package static let maximumStoreByteCount = 256 << 10
  /// Rows of results of an item, at most, and half of all: with more, fewer rows between are computed twice, with
  /// fewer, more threads are busy.
  static let itemRowCount = 28

  /// Rows of results of a band, even where there are several: a register tile has two.
  package let bandHeight: Int
  /// The bands in the items of a pair.
  package let items: EvenSplit
  /// Pairs of panels of the producer.
  package let pairCount: Int
  /// Rows that the windows of a band cover.
  package let storedRowCount: Int
  /// Channel blocks of a pair, at most.
  package let storedBlockCount: Int
  /// False if the rows of a band do not fit `maximumStoreByteCount`.
  package let fitsStore: Bool

  /// The tiling of a descriptor whose producer and consumer are valid.
  package init(_ bands: ConvBandsDescriptor) {
    let window = bands.consumer.window
    let height = bands.output.height
    pairCount = bands.producer.groups * bands.producer.outputPanelsOfGroup.pairCount
    storedBlockCount = min(
      OutputPanels.pairWidth / kernelLaneCount, bands.consumer.input.channelBlockCount)
    let rowByteCount: Int =
      bands.consumer.input.rowStride * storedBlockCount * MemoryLayout<Float>.size
    let rowLimit = Self.maximumStoreByteCount / max(1, rowByteCount)

    // As many as a window covers at least, so that no row is computed more than a few times.
    let itemHeight = min(
      height, max(window.spanHeight, min(Self.itemRowCount, ceilingQuotient(height, 2))))

    let tileRowCount = 2
    let tileCount = ceilingQuotient(itemHeight, tileRowCount)
    let tileLimit = max(
      1, ((rowLimit - window.spanHeight) / window.strideHeight + 1) / tileRowCount)
    let tilesPerBand = ceilingQuotient(tileCount, max(1, ceilingQuotient(tileCount, tileLimit)))
    bandHeight = max(1, min(height, tilesPerBand * tileRowCount))
    storedRowCount = (bandHeight - 1) * window.strideHeight + window.spanHeight
    fitsStore = storedRowCount <= rowLimit

    items = EvenSplit(
      total: ceilingQuotient(height, bandHeight),
      maximumSize: max(1, itemHeight / bandHeight))
  }
}
