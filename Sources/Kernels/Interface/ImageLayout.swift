import Tensors

/// How a batch of float32 images lies in memory.
///
/// Channels are grouped in blocks of `channelBlock` (1: plain NCHW; the vector width: NCHWc). Each
/// plane of a block has a stored border. Element `(n, c, y, x)` lies at
/// `(((n·blocks + c / block)·paddedHeight + top + y)·paddedWidth + left + x)·block + c % block`.
/// A writer sets the border and the channels past `channels` in the last block to zero.
///
/// Images may be a slice of the channel blocks of larger ones: `enclosingBlockCount` then takes the place
/// of `blocks`, and the first element is that of the slice. A writer leaves the other blocks alone.
@usableFromInline
package struct ImageLayout: Sendable, Equatable {
  @usableFromInline package var batch = 1
  @usableFromInline package var channels = 1
  @usableFromInline package var height = 1
  @usableFromInline package var width = 1
  @usableFromInline package var channelBlock = 1
  @usableFromInline package var borderTop = 0
  @usableFromInline package var borderLeft = 0
  @usableFromInline package var borderBottom = 0
  @usableFromInline package var borderRight = 0
  /// Channel blocks of the images that these are a slice of; 0 for images of their own.
  @usableFromInline package var enclosingBlockCount = 0

  package init() {}

  /// Images without a border.
  package init(batch: Int, channels: Int, height: Int, width: Int, channelBlock: Int = 1) {
    self.batch = batch
    self.channels = channels
    self.height = height
    self.width = width
    self.channelBlock = channelBlock
  }

  @inlinable package var channelBlockCount: Int { (channels + channelBlock - 1) / channelBlock }
  @inlinable package var paddedHeight: Int { borderTop + height + borderBottom }
  @inlinable package var paddedWidth: Int { borderLeft + width + borderRight }
  /// Elements from one row to the next.
  @inlinable package var rowStride: Int { paddedWidth * channelBlock }
  /// Elements from one channel block to the next.
  @inlinable package var channelBlockStride: Int { paddedHeight * rowStride }
  /// Elements from one image to the next.
  @inlinable package var imageStride: Int {
    max(channelBlockCount, enclosingBlockCount) * channelBlockStride
  }
  /// True if the images are some of the channel blocks of others.
  @inlinable package var isSlice: Bool { enclosingBlockCount > 0 }
  /// Elements before `(0, 0, 0, 0)`.
  @inlinable package var originOffset: Int { borderTop * rowStride + borderLeft * channelBlock }
  @inlinable package var hasBorder: Bool { borderTop + borderLeft + borderBottom + borderRight > 0 }

  /// True if the batch has no element, not even a border.
  @inlinable package var isEmpty: Bool { batch * channelBlockCount * channelBlockStride == 0 }

  /// Elements from the first to the last of the batch, borders and padding channels included. Only for
  /// layouts whose `byteCount()` has passed.
  @inlinable package var storedElementCount: Int {
    isEmpty ? 0 : (batch - 1) * imageStride + channelBlockCount * channelBlockStride
  }

  /// Bytes from the first to the last of the batch, borders and padding channels included.
  ///
  /// - Throws: `TesseraError` if the size does not fit; after it has passed, no stride or offset of
  ///   this layout overflows.
  package func byteCount() throws(TesseraError) -> Int {
    try require(
      enclosingBlockCount == 0 || enclosingBlockCount >= channelBlockCount,
      "a slice of \(channelBlockCount) of \(enclosingBlockCount) channel blocks")
    _ = try checkedProduct(
      batch, max(channelBlockCount, enclosingBlockCount), paddedHeight, paddedWidth, channelBlock,
      MemoryLayout<Float>.size)
    return storedElementCount * MemoryLayout<Float>.size
  }

  package mutating func visitFields<Visitor: FieldVisitor>(
    _ prefix: String, _ visitor: inout Visitor
  ) throws(TesseraError) {
    try visitor.visit("\(prefix).batch", &batch, in: 0...maximumExtent)
    try visitor.visit("\(prefix).channels", &channels, in: 0...maximumExtent)
    try visitor.visit("\(prefix).height", &height, in: 0...maximumExtent)
    try visitor.visit("\(prefix).width", &width, in: 0...maximumExtent)
    try visitor.visit("\(prefix).channel-block", &channelBlock, in: 1...64)
    try visitor.visit("\(prefix).border-top", &borderTop, in: 0...maximumExtent)
    try visitor.visit("\(prefix).border-left", &borderLeft, in: 0...maximumExtent)
    try visitor.visit("\(prefix).border-bottom", &borderBottom, in: 0...maximumExtent)
    try visitor.visit("\(prefix).border-right", &borderRight, in: 0...maximumExtent)
    try visitor.visit("\(prefix).enclosing-blocks", &enclosingBlockCount, in: 0...maximumExtent)
  }
}
