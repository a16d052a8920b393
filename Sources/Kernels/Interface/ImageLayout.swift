import Tensors

/// How a batch of float32 images lies in memory.
///
/// Channels are grouped in blocks of `channelBlock` (1: plain NCHW; the vector width: NCHWc). Each
/// plane of a block has a stored border. Element `(n, c, y, x)` lies at
/// `(((n·blocks + c / block)·paddedHeight + top + y)·paddedWidth + left + x)·block + c % block`.
/// A writer sets the border and the channels past `channels` in the last block to zero.
package struct ImageLayout: Sendable, Equatable {
  package var batch = 1
  package var channels = 1
  package var height = 1
  package var width = 1
  package var channelBlock = 1
  package var borderTop = 0
  package var borderLeft = 0
  package var borderBottom = 0
  package var borderRight = 0

  package init() {}

  /// Images without a border.
  package init(batch: Int, channels: Int, height: Int, width: Int, channelBlock: Int = 1) {
    self.batch = batch
    self.channels = channels
    self.height = height
    self.width = width
    self.channelBlock = channelBlock
  }

  package var channelBlockCount: Int { (channels + channelBlock - 1) / channelBlock }
  package var paddedHeight: Int { borderTop + height + borderBottom }
  package var paddedWidth: Int { borderLeft + width + borderRight }
  /// Elements from one row to the next.
  package var rowStride: Int { paddedWidth * channelBlock }
  /// Elements from one channel block to the next.
  package var channelBlockStride: Int { paddedHeight * rowStride }
  /// Elements from one image to the next.
  package var imageStride: Int { channelBlockCount * channelBlockStride }
  /// Elements before `(0, 0, 0, 0)`.
  package var originOffset: Int { borderTop * rowStride + borderLeft * channelBlock }
  package var hasBorder: Bool { borderTop + borderLeft + borderBottom + borderRight > 0 }

  /// True if the batch has no element, not even a border.
  package var isEmpty: Bool { batch * imageStride == 0 }

  /// Bytes of the whole batch, borders and padding channels included.
  ///
  /// - Throws: `TesseraError` if the size does not fit; after it has passed, no stride or offset of
  ///   this layout overflows.
  package func byteCount() throws(TesseraError) -> Int {
    try checkedProduct(
      batch, channelBlockCount, paddedHeight, paddedWidth, channelBlock,
      MemoryLayout<Float>.size)
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
  }
}
