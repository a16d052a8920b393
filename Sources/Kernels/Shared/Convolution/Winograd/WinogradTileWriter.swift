import KernelInterface
import KernelVectors

/// Stores the results of tiles in one channel block, or in neighbouring ones: pools them or adds a residual, and leaves out what
/// lies past the image and lanes that are no channels.
struct WinogradTileWriter {
  /// Elements from one row of the output to the next; its pixels lie one after the other.
  let rowStride: Int
  /// Elements from one channel block of the output to the next.
  let blockStride: Int
  private let first: UnsafeMutablePointer<Float>
  private let imageStride: Int
  private let height: Int
  private let width: Int
  /// Rows and columns of the output that a tile has.
  private let tileHeight: Int
  private let tileWidth: Int
  private let resultsRowStride: Int
  private let pools: Bool
  private let usedLanes: Int
  private let residual: EpilogueSum?
  private let channelBlock: Int
  private let bounds: ActivationBounds

  /// - Parameters:
  ///   - output: the first image.
  ///   - channelBlock: the first.
  ///   - usedLanes: channels from the first of that block on; more than the blocks have count as all.
  ///   - residual: a sum with rows and blocks that lie as those of the output.
  init(
    _ conv: ConvWinogradDescriptor, output: UnsafeMutablePointer<Float>, channelBlock: Int,
    usedLanes: Int, residual: EpilogueSum?, bounds: ActivationBounds
  ) {
    let layout = conv.output
    rowStride = layout.rowStride
    blockStride = layout.channelBlockStride
    imageStride = layout.imageStride
    first = output + channelBlock * layout.channelBlockStride + layout.originOffset
    (height, width) = (layout.height, layout.width)
    pools = conv.poolsMax2x2
    let pooled = pools ? 2 : 1
    tileHeight = conv.shape.rows.outputExtent / pooled
    tileWidth = conv.shape.columns.outputExtent / pooled
    resultsRowStride = conv.shape.columns.outputExtent * Vector.scalarCount
    self.usedLanes = usedLanes
    self.residual = residual
    self.channelBlock = channelBlock
    self.bounds = bounds
  }

  /// Where a tile's results go.
  struct Place {
    /// The first pixel in the output.
    var target: UnsafeMutablePointer<Float>
    /// Rows and columns of the output that the tile has.
    var rowCount: Int
    var columnCount: Int
    /// True if the tile's results are just what is to be stored.
    var takesResults: Bool
    /// What is added to the first pixel, if there is a residual sum; the rest lies as the results do.
    var residual: UnsafePointer<Float>?
  }

  /// - Parameter blockCount: channel blocks that are stored.
  func place(of position: TilePosition, blockCount: Int) -> Place {
    let row: Int = position.row &* tileHeight
    let column: Int = position.column &* tileWidth
    let rowCount = min(tileHeight, height &- row)
    let columnCount = min(tileWidth, width &- column)
    let offset: Int = position.image &* imageStride &+ row &* rowStride
    return Place(
      target: first + (offset &+ column &* Vector.scalarCount), rowCount: rowCount,
      columnCount: columnCount,
      takesResults: !pools && rowCount == tileHeight && columnCount == tileWidth
        && usedLanes >= blockCount &* Vector.scalarCount,
      residual: residual.map {
        $0.address(image: position.image, block: channelBlock, row: row)
          + column &* Vector.scalarCount
      })
  }

  /// Adds the residual to results that it has not been added to, and stores them.
  ///
  /// - Parameters:
  ///   - results: a vector each of the tile, row by row.
  ///   - block: which of the channel blocks they belong to.
  func write(_ results: UnsafePointer<Float>, block: Int, to place: Place) {
    let lanes: Int = Vector.scalarCount
    let unused = Self.lanes(from: usedLanes &- block &* lanes)
    for row in 0..<place.rowCount {
      let target = place.target + (block &* blockStride &+ row &* rowStride)
      let upper = results + row &* (pools ? 2 : 1) &* resultsRowStride
      let lower = upper + (pools ? resultsRowStride : 0)
      for column in 0..<place.columnCount {
        var value = upper.vector(at: column &* lanes)
        if pools {
          let offset: Int = column &* 2 &* lanes
          let top = maximum(upper.vector(at: offset), upper.vector(at: offset &+ lanes))
          let bottom = maximum(lower.vector(at: offset), lower.vector(at: offset &+ lanes))
          value = maximum(top, bottom)
        }
        if let residual = place.residual {
          let offset: Int = block &* blockStride &+ row &* rowStride &+ column &* lanes
          value = (value + residual.vector(at: offset)).clamped(to: bounds)
        }
        target.store(value.replacing(with: Vector.zero, where: unused), at: column &* lanes)
      }
    }
  }

  /// True in the lanes from `first` on.
  private static func lanes(from first: Int) -> SIMDMask<SIMD8<Int32>> {
    SIMD8<Int32>(0, 1, 2, 3, 4, 5, 6, 7) .>= SIMD8<Int32>(repeating: Int32(clamping: first))
  }
}
