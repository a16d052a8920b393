import CMachine
import KernelInterface
import KernelVectors

/// Finds what the tiles read of one channel block, at first of block 0.
struct WinogradTileReader {
  /// Elements from one row of a patch to the next; its pixels lie one after the other.
  let rowStride: Int
  private var corner: UnsafePointer<Float>
  private let imageStride: Int
  private let tileRowStride: Int
  private let tileColumnStride: Int
  /// Elements from one channel block to the next.
  let channelBlockStride: Int
  /// Rows that a tile reads, and cache lines of a row that two neighbouring tiles do.
  private let patchRowCount: Int
  private let patchLineCount: Int

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
    let columns = conv.shape.columns
    patchRowCount = conv.shape.rows.inputExtent
    patchLineCount = ceilingQuotient(
      (columns.inputExtent + columns.outputExtent) * layout.channelBlock, Self.lineElementCount)
    corner = firstRow + cornerColumn * layout.channelBlock
  }

  func at(channelBlock: Int) -> WinogradTileReader {
    var reader = self
    reader.corner += channelBlock * channelBlockStride
    return reader
  }

  private static let lineElementCount = 16

  /// Brings into the cache what the tile that reads from `patch` on reads, and the one after it.
  @inline(__always)
  func prefetch(_ patch: UnsafePointer<Float>) {
    for row in 0..<patchRowCount {
      for line in 0..<patchLineCount {
        tessera_prefetch(patch + (row &* rowStride &+ line &* Self.lineElementCount))
      }
    }
  }

  /// The first pixel that a tile reads.
  func patch(of position: TilePosition) -> UnsafePointer<Float> {
    let row: Int = position.row &* tileRowStride
    let column: Int = position.column &* tileColumnStride
    return corner + (position.image &* imageStride &+ row &+ column)
  }
}
