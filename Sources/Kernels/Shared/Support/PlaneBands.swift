import KernelInterface

/// Work items of a kernel that treats every channel block of every image alike: an item is a band of
/// rows of one block.
struct PlaneBands {
  /// Elements of a band that make an item long against the cost of handing it out. To tune it, time
  /// `tessera bench` on a model with many small layers.
  private static let minimumElementCount = 1 << 13

  private let layout: ImageLayout
  private let bandCount: Int

  struct Band {
    let image: Int
    let block: Int
    let rows: Range<Int>
  }

  /// Bands of the image that has this layout.
  init(_ layout: ImageLayout) {
    self.layout = layout
    let height = ceilingQuotient(
      Self.minimumElementCount, max(1, layout.width * layout.channelBlock))
    bandCount = max(1, layout.height / height)
  }

  var itemCount: Int {
    layout.isEmpty ? 0 : layout.batch * layout.channelBlockCount * bandCount
  }

  func band(ofItem item: Int) -> Band {
    let (plane, band) = item.quotientAndRemainder(dividingBy: bandCount)
    let (image, block) = plane.quotientAndRemainder(dividingBy: layout.channelBlockCount)
    let rows = layout.height * band / bandCount..<layout.height * (band + 1) / bandCount
    return Band(image: image, block: block, rows: rows)
  }
}

extension ImageLayout {
  /// Elements from the start of the batch to a channel block of an image, its border included.
  func planeOffset(image: Int, block: Int) -> Int {
    image * imageStride + block * channelBlockStride
  }

  /// Elements from the start of a channel block to the first pixel of a row.
  func rowOffset(_ row: Int) -> Int { originOffset + row * rowStride }

  /// Channels of the image in this block.
  func usedLanes(ofBlock block: Int) -> Int { min(channelBlock, channels - block * channelBlock) }
}
