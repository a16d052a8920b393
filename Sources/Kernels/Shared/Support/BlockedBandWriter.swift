import KernelInterface
import KernelVectors

/// Completes bands of rows of an image layout after a kernel has written their interior: zeroes the
/// stored border, and the lanes of a block that are no channels.
struct BlockedBandWriter {
  let layout: ImageLayout

  /// - Parameters:
  ///   - plane: the start of one channel block of one image, its border included.
  ///   - rows: the rows that were written. The band that starts at row 0 gets the border above, the
  ///     one that ends at the last row the border below.
  ///   - usedLanes: channels of the image in this block; more than the block has count as all.
  func finish(plane: UnsafeMutablePointer<Float>, rows: Range<Int>, usedLanes: Int) {
    let block: Int = layout.channelBlock
    if usedLanes < block { clearLanes(from: max(0, usedLanes), plane: plane, rows: rows) }
    guard layout.hasBorder else { return }
    if rows.lowerBound == 0 { plane.fillZero(count: layout.borderTop * layout.rowStride) }
    let leftCount: Int = layout.borderLeft * block
    let rightCount: Int = layout.borderRight * block
    if leftCount + rightCount > 0 {
      let rightOffset: Int = leftCount + layout.width * block
      var start = plane + (layout.borderTop + rows.lowerBound) * layout.rowStride
      for _ in rows {
        Self.clear(start, count: leftCount)
        Self.clear(start + rightOffset, count: rightCount)
        start += layout.rowStride
      }
    }
    if rows.upperBound == layout.height {
      (plane + (layout.borderTop + layout.height) * layout.rowStride)
        .fillZero(count: layout.borderBottom * layout.rowStride)
    }
  }

  /// Without a call where one or two pixels are cleared, as most borders have.
  @inline(__always)
  private static func clear(_ start: UnsafeMutablePointer<Float>, count: Int) {
    switch count {
    case 0: break
    case Vector.scalarCount: start.store(Vector.zero, at: 0)
    case 2 * Vector.scalarCount:
      start.store(Vector.zero, at: 0)
      start.store(Vector.zero, at: Vector.scalarCount)
    default: start.fillZero(count: count)
    }
  }

  private func clearLanes(
    from first: Int, plane: UnsafeMutablePointer<Float>, rows: Range<Int>
  ) {
    let block: Int = layout.channelBlock
    for row in rows {
      let start = plane + layout.originOffset + row * layout.rowStride
      for column in 0..<layout.width {
        (start + column * block + first).fillZero(count: block - first)
      }
    }
  }
}
