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
    let layout = conv.input
    let cornerRow: Int = layout.borderTop - conv.padTop
    let cornerColumn: Int = layout.borderLeft - conv.padLeft
    rowStride = layout.rowStride
    imageStride = layout.imageStride
    tileRowStride = conv.shape.rows.outputExtent * rowStride
    tileColumnStride = conv.shape.columns.outputExtent * layout.channelBlock
    channelBlockStride = layout.channelBlockStride
    corner = input + cornerRow * rowStride + cornerColumn * layout.channelBlock
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
