import KernelInterface

/// What one output pixel reads: loops over input channel blocks, rows and columns of the window, at each step
/// one pixel of a block. Strides are in elements.
///
/// Loops that one stride can walk are joined to a longer innermost one, at the end of which the compiler
/// stores the sums of a register tile.
struct ConvTaps {
  /// Blocks of a window of one pixel that are joined at most. Weights that come next are asked for after each
  /// innermost loop, and in bursts that are too long if it is.
  private static let maximumJoinedBlockCount = 8

  private(set) var blockCount: Int
  private(set) var blockStride: Int
  private(set) var rowCount: Int
  let rowStep: Int
  private(set) var columnCount: Int
  private(set) var columnStep: Int

  init(_ window: SlidingWindow, layout: ImageLayout, blockCount: Int) {
    self.blockCount = blockCount
    blockStride = layout.channelBlockStride
    rowCount = window.kernelHeight
    rowStep = window.dilationHeight * layout.rowStride
    columnCount = window.kernelWidth
    columnStep = window.dilationWidth * layout.channelBlock
    if columnCount == 1 { (rowCount, columnCount, columnStep) = (1, rowCount, rowStep) }
    if columnCount == 1 {
      let joinedCount =
        (1...Self.maximumJoinedBlockCount).last { blockCount.isMultiple(of: $0) } ?? 1
      columnCount = joinedCount
      columnStep = blockStride
      self.blockCount /= joinedCount
      blockStride *= joinedCount
    }
  }
}
