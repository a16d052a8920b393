import KernelInterface
import Tensors

extension PlanBuilder {
  /// Images of this layout among the channel blocks of the value that holds them.
  mutating func slice(
    _ layout: ImageLayout, at place: ChannelSlices.Place
  ) throws(TesseraError) -> StoredImage {
    var whole = layout
    whole.channels = try shape(of: place.whole).dimensions[1]
    let wholeByteCount = try whole.byteCount()
    if sharedBuffers[place.whole] == nil,
      case .buffer(let new, _) = newBuffer(byteCount: wholeByteCount)
    {
      sharedBuffers[place.whole] = new
    }
    var layout = layout
    if layout.channels < whole.channels { layout.enclosingBlockCount = whole.channelBlockCount }
    return (
      layout,
      .buffer(
        sharedBuffers[place.whole] ?? 0,
        byteOffset: place.firstBlock * layout.channelBlockStride * MemoryLayout<Float>.size)
    )
  }

  /// `value` is some consecutive whole channel blocks of images that are stored in blocks.
  mutating func defineBlocks(
    _ value: String, of image: StoredImage, from firstBlock: Int
  ) throws(TesseraError) {
    guard case .buffer(let buffer, let byteOffset) = image.operand else { return }
    var layout = image.layout
    layout.channels = try shape(of: value).dimensions[1]
    layout.enclosingBlockCount = max(
      image.layout.enclosingBlockCount, image.layout.channelBlockCount)
    let offset = firstBlock * layout.channelBlockStride * MemoryLayout<Float>.size
    addImage((layout, .buffer(buffer, byteOffset: byteOffset + offset)), of: value)
  }
}
