import KernelInterface

/// Finds what the tiles read of one channel block, at first of block 0.
struct WinogradTileReader {
  /// Elements from one row of a patch to the next; its pixels lie one after the other.
  let rowStride: Int
  private var corner: UnsafePointer<Float>
  private let imageStride: Int
  private let tileRowStride: Int
  private let tileColumnStride: Int
  private let channelBlockStride: Int

  /// - Parameter input: the first image.
  init(_ conv: ConvWinogradDescriptor, input: UnsafePointer<Float>) {
    self.init(
      conv, firstRow: input + (conv.input.borderTop - conv.padTop) * conv.input.rowStride,
      channelBlockStride: conv.input.channelBlockStride)
  }

  /// - Parameters:
  ///   - firstRow: the first row that the first tile of a position's row 0 reads, with its border.
  ///   - channelBlockStride: elements from one channel block to the next.
  init(_ conv: ConvWinogradDescriptor, firstRow: UnsafePointer<Float>, channelBlockStride: Int) {
    let layout = conv.input
    let cornerColumn: Int = layout.borderLeft - conv.padLeft
    rowStride = layout.rowStride
    imageStride = layout.imageStride
    tileRowStride = conv.shape.rows.outputExtent * rowStride
    tileColumnStride = conv.shape.columns.outputExtent * layout.channelBlock
    self.channelBlockStride = channelBlockStride
    corner = firstRow + cornerColumn * layout.channelBlock
  }

  func at(channelBlock: Int) -> WinogradTileReader {
    var reader = self
    reader.corner += channelBlock * channelBlockStride
    return reader
  }

  /// The first pixel that a tile reads.
  func patch(of position: TilePosition) -> UnsafePointer<Float> {
    let row: Int = position.row &* tileRowStride
    let column: Int = position.column &* tileColumnStride
    return corner + (position.image &* imageStride &+ row &+ column)
  }
}
