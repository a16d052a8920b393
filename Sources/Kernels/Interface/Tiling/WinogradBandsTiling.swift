/// How `winograd-bands` is cut into work items and bands. It follows from the descriptor alone.
///
/// A band is one row of tiles or some, in the order of their numbers whole blocks of the consumer. For each band the
/// rows between that its tiles read are stored in all channels; those that the band before read too are kept,
/// within an item, which is some bands, one after the other. Items next to each other both compute the rows that
/// both read.
package struct WinogradBandsTiling: Sendable, Equatable {
  /// Bytes of stored rows that stay in an L2 cache until they are transformed.
  /// To tune it and those below, time `tessera bench --steps` on VGG-D with batches of 1 and 8.
  package static let maximumStoreByteCount = 512 << 10
  /// Bands of an item, at most: with more, fewer rows between are computed twice, with fewer, threads share the
  /// work more evenly.
  static let bandsPerItem = 2
  /// Tiles of a block, at most: with more, what lies between does not stay in an L2 cache beside the stored rows.
  static let maximumBlockSize = 24

  /// The consumer's.
  package let tiling: ConvWinogradTiling
  /// Rows of tiles of a band; the last band of an image may have fewer.
  package let bandHeight: Int
  /// The bands in the items of an image.
  package let items: EvenSplit
  /// Rows that the tiles of a band read.
  package let storedRowCount: Int
  /// False if the rows of a band do not fit `maximumStoreByteCount`.
  package let fitsStore: Bool
  /// Bytes of the stored rows, to the next cache line.
  package let storeByteCount: Int

  /// The tiling of a descriptor whose producer and consumer are valid.
  package init(_ bands: WinogradBandsDescriptor) {
    let consumer = bands.consumer
    tiling = ConvWinogradTiling(consumer)
    let rows = consumer.shape.rows
    bandHeight = max(
      1, min(tiling.rowCount, consumer.tilesPerBlock / max(1, tiling.columnCount)))
    storedRowCount = bandHeight * rows.outputExtent + rows.kernelExtent - 1
    let rowByteCount: Int =
      consumer.input.rowStride * consumer.input.channelBlockCount * MemoryLayout<Float>.size
    fitsStore = storedRowCount <= Self.maximumStoreByteCount / max(1, rowByteCount)
    storeByteCount = fitsStore ? roundUp(storedRowCount * rowByteCount, toMultipleOf: 64) : 0
    items = EvenSplit(
      total: ceilingQuotient(tiling.rowCount, bandHeight), maximumSize: Self.bandsPerItem)
  }

  /// Tiles of a block: about as many as the consumer's and at most `maximumBlockSize`, such that blocks end where
  /// a row of tiles does.
  static func tilesPerBlock(_ consumer: ConvWinogradDescriptor) -> Int {
    let columnCount = max(1, ConvWinogradTiling(consumer).columnCount)
    let size = min(consumer.tilesPerBlock, maximumBlockSize)
    guard columnCount > size else { return size / columnCount * columnCount }
    return ceilingQuotient(columnCount, ceilingQuotient(columnCount, size))
  }
}
