import Tensors

/// How a Winograd convolution is cut into tiles and blocks of tiles, and where the transformed values
/// lie. It follows from the descriptor alone.
///
/// Tiles are numbered image by image, row by row. Transformed inputs lie as `[point][input channel
/// block][tile][8]`, products, for every panel of output channels, as `[point][tile][panel width]`,
/// both with a gap after each point, without which the points of a tile would often fall into the same
/// few sets of the L1 cache.
package struct ConvWinogradTiling: Sendable, Equatable {
  /// Elements between points: one cache line.
  private static let gap = 16

  package let tile: WinogradTile
  package let isFused: Bool
  /// Rows and columns of tiles of an image.
  package let rowCount: Int
  package let columnCount: Int
  private let imageCount: Int
  private let wantedTilesPerBlock: Int
  package let inputBlockCount: Int
  package let panelCount: Int

  /// The tiling of a descriptor whose layouts have been checked.
  package init(_ conv: ConvWinogradDescriptor) {
    tile = conv.tile
    isFused = conv.schedule == .fused
    let pooled = conv.poolsMax2x2 ? 2 : 1
    rowCount = ceilingQuotient(conv.output.height * pooled, conv.tile.outputExtent)
    columnCount = ceilingQuotient(conv.output.width * pooled, conv.tile.outputExtent)
    imageCount = conv.output.batch
    wantedTilesPerBlock = conv.tilesPerBlock
    inputBlockCount = conv.input.channelBlockCount
    panelCount = conv.panelCount
  }

  package var tileCount: Int { imageCount * rowCount * columnCount }

  package var blockCount: Int { ceilingQuotient(tileCount, wantedTilesPerBlock) }

  /// The tiles of a block; the sizes of blocks differ by one at most.
  package func tiles(ofBlock block: Int) -> Range<Int> {
    let (size, largerCount) = tileCount.quotientAndRemainder(dividingBy: blockCount)
    let first = block * size + min(block, largerCount)
    return first..<first + size + (block < largerCount ? 1 : 0)
  }

  /// Tiles for which transformed values have room.
  package var tileCapacity: Int { isFused ? min(wantedTilesPerBlock, tileCount) : tileCount }

  /// Elements from one channel block of transformed inputs to the next.
  package var inputBlockStride: Int { tileCapacity * kernelLaneCount }
  /// Elements from one point of the transformed inputs to the next.
  package var inputPointStride: Int { inputBlockCount * inputBlockStride + Self.gap }
  /// Elements from one point of a panel's products to the next.
  package var productPointStride: Int { tileCapacity * OutputPanels.fullWidth + Self.gap }
  package var transformedInputElementCount: Int { tile.pointCount * inputPointStride }
  /// Elements of one panel's products.
  package var productElementCount: Int { tile.pointCount * productPointStride }
  /// Elements of the transform of one tile that is half done.
  package var patchElementCount: Int { tile.pointCount * kernelLaneCount }

  /// Bytes of the scratch operand, and of each thread's workspace.
  func memory() throws(TesseraError) -> (scratchByteCount: Int, workspaceByteCount: Int) {
    let float = MemoryLayout<Float>.size
    _ = try checkedProduct(imageCount, rowCount, columnCount)
    _ = try checkedProduct(
      tile.pointCount, inputBlockCount, max(1, tileCapacity), 2 * Self.gap, float)
    let productByteCount = try checkedProduct(
      tile.pointCount, panelCount, max(1, tileCapacity), 2 * Self.gap, float)
    let transformedByteCount = transformedInputElementCount * float
    let patchesByteCount = 2 * patchElementCount * float
    guard !isFused else {
      return (0, transformedByteCount + productElementCount * float + patchesByteCount)
    }
    try require(
      productByteCount < 1 << 60 && transformedByteCount < 1 << 60,
      "conv-winograd needs too much scratch memory")
    return (transformedByteCount + panelCount * productElementCount * float, patchesByteCount)
  }
}
