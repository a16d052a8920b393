import Tensors

/// How a Winograd convolution is cut into blocks and groups of tiles, and where the transformed values
/// lie. It follows from the descriptor alone.
///
/// Tiles are numbered image by image, row by row. A block is what is multiplied by a panel of weights
/// at a time; a wave is the blocks whose transformed inputs are there at a time, where phased; a group is the
/// tiles of one register tile, as many as the instruction set has registers for; a run is the input channel blocks that are summed from zero. Transformed
/// inputs of a block of tiles lie as `[point][run][group][input channel block][tile][8]`, in the order in
/// which the products read them; the products of a pair of panels, or of one, as `[point][tile][width]`. Both have a
/// gap after each point, without which the points would often fall into the same few sets of the L1 cache.
/// In the workspace, the products are followed by two patches and, if weights are not stored as float32,
/// by the weights of a run as float32.
package struct ConvWinogradTiling: Sendable, Equatable {
  /// Elements between points: one cache line.
  private static let gap = 16
  /// Bytes of the transformed inputs of a wave that stay in a cache from one panel to the next.
  /// To tune it and the next, time `KernelBenchmark --schedules phased`, with and without `--batch 8`, on the layers
  /// conv3 and conv4.
  private static let waveByteCount = 2 << 20
  /// Items of a wave that keep threads busy, one for each panel pair of a block.
  private static let minimumWaveItemCount = 8
  /// Channel blocks of a run at most: 8 KiB of a panel's weights, a quarter of an L1 cache. Short runs
  /// also keep the rounding errors of long sums small.
  package static let maximumRunSize = 16

  package let pointCount: Int
  package let isFused: Bool
  private let weightType: WeightType
  /// Rows and columns of tiles of an image.
  package let rowCount: Int
  package let columnCount: Int
  private let imageCount: Int
  package let inputBlockCount: Int
  /// The tiles of each block.
  package let blocks: EvenSplit
  /// The blocks of each wave; all blocks where fused.
  package private(set) var waves: EvenSplit

  /// The tiling of a descriptor whose layouts have been checked.
  package init(_ conv: ConvWinogradDescriptor) {
    let shape = conv.shape
    pointCount = shape.pointCount
    isFused = conv.schedule == .fused
    weightType = conv.weightType
    let pooled = conv.poolsMax2x2 ? 2 : 1
    rowCount = ceilingQuotient(conv.output.height * pooled, shape.rows.outputExtent)
    columnCount = ceilingQuotient(conv.output.width * pooled, shape.columns.outputExtent)
    imageCount = conv.output.batch
    inputBlockCount = conv.input.channelBlockCount
    blocks = EvenSplit(
      total: imageCount * rowCount * columnCount, maximumSize: conv.tilesPerBlock)
    waves = EvenSplit(total: blocks.partCount, maximumSize: max(1, blocks.partCount))
    tileCapacity =
      isFused
      ? min(conv.tilesPerBlock, imageCount * rowCount * columnCount)
      : blocks.partCount > 0 ? blocks[0].count : 0
    guard !isFused else { return }
    let vectorByteCount = kernelLaneCount * MemoryLayout<Float>.size
    let pointByteCount = Self.waveByteCount / pointCount
    let tileCount = pointByteCount / max(1, inputBlockCount) / vectorByteCount
    waves = EvenSplit(
      total: blocks.partCount,
      maximumSize: max(
        ceilingQuotient(Self.minimumWaveItemCount, max(1, conv.outputPanels.pairCount)),
        tileCount / max(1, tileCapacity)))
  }

  /// The channel blocks of the run that starts with `firstBlock`.
  package func run(from firstBlock: Int) -> Range<Int> {
    firstBlock..<min(firstBlock + Self.maximumRunSize, inputBlockCount)
  }

  /// Tiles of a block that there is room for.
  private let tileCapacity: Int

  /// Elements from one point of the transformed inputs of `tileCount` tiles to the next.
  package func inputPointStride(tileCount: Int) -> Int {
    tileCount * inputBlockCount * kernelLaneCount + Self.gap
  }
  /// Elements from one point to the first tile of a group in a run.
  package func inputOffset(run: Range<Int>, firstTile: Int, tileCount: Int) -> Int {
    (run.lowerBound * tileCount + run.count * firstTile) * kernelLaneCount
  }
  /// Elements of the transformed inputs of a block.
  package var transformedInputElementCount: Int {
    pointCount * inputPointStride(tileCount: tileCapacity)
  }
  /// Elements from one point of the products of so many output channels to the next.
  package func productPointStride(width: Int) -> Int { tileCapacity * width + Self.gap }
  /// Elements of the products of a block and a pair of panels.
  package var productElementCount: Int {
    pointCount * productPointStride(width: OutputPanels.pairWidth)
  }
  /// Elements of the transform of two tiles, or of two channel blocks of one, that is half done.
  package var patchElementCount: Int { pointCount * 2 * kernelLaneCount }
  /// Elements from the start of the products to the weights of a run as float32.
  package var widenedWeightsOffset: Int { productElementCount + 2 * patchElementCount }
  private var widenedWeightsElementCount: Int {
    weightType == .float32
      ? 0 : run(from: 0).count * kernelLaneCount * OutputPanels.pairWidth
  }

  /// Bytes of the scratch operand, and of each thread's workspace.
  func memory() throws(TesseraError) -> (scratchByteCount: Int, workspaceByteCount: Int) {
    let float = MemoryLayout<Float>.size
    let tiles = try checkedProduct(imageCount, rowCount, columnCount)
    _ = try checkedProduct(
      pointCount, inputBlockCount + 1, tiles + blocks.partCount, 4 * Self.gap, float)
    let transformedByteCount = transformedInputElementCount * float
    let ownByteCount = (widenedWeightsOffset + widenedWeightsElementCount) * float
    return isFused
      ? (0, transformedByteCount + ownByteCount)
      : ((waves.partCount > 0 ? waves[0].count : 0) * transformedByteCount, ownByteCount)
  }
}
