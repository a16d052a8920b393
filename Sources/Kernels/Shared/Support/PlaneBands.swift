import KernelInterface

/// Work items of a kernel that treats every channel block of every image alike: an item is a band of
/// rows of one block or, where planes are small, some blocks.
struct PlaneBands {
  /// Elements of a band that make an item long against the cost of handing it out. To tune it, time
  /// `tessera bench` on a model with many small layers.
  private static let minimumElementCount = 1 << 13
  /// Elements of the small planes of an item, at most.
  private static let joinedElementCount = 1 << 12
  /// Rows of a band at least: windows of neighbouring rows share inputs.
  private static let minimumRowCount = 4

  private let layout: ImageLayout
  private let bandCount: Int
  private let planeCount: Int
  private let planes: Chunks

  struct Band {
    let image: Int
    let block: Int
    let rows: Range<Int>
  }

  /// Bands of the image that has this layout.
  init(_ layout: ImageLayout) {
    self.layout = layout
    let rowElementCount = max(1, layout.width * layout.channelBlock)
    let height = max(
      Self.minimumRowCount, ceilingQuotient(Self.minimumElementCount, rowElementCount))
    bandCount = max(1, layout.height / height)
    planeCount = layout.isEmpty ? 0 : layout.batch * layout.channelBlockCount
    planes = Chunks(
      elementCount: planeCount,
      chunkElementCount: Self.joinedElementCount / (rowElementCount * max(1, layout.height)))
  }

  /// Bands of all planes.
  var count: Int { planeCount * bandCount }

  /// The band at `index`, those of a plane and the planes of an image one after the other.
  subscript(index: Int) -> Band {
    let (plane, band) = index.quotientAndRemainder(dividingBy: bandCount)
    let (image, block) = plane.quotientAndRemainder(dividingBy: layout.channelBlockCount)
    return Band(
      image: image, block: block,
      rows: layout.height * band / bandCount..<layout.height * (band + 1) / bandCount)
  }

  /// Calls `body` with every band and the workspace of the thread.
  func phase(
    _ body: @escaping (_ band: Band, _ workspace: UnsafeMutableRawPointer) -> Void
  ) -> WorkPhase {
    WorkPhase(itemCount: planes.count * bandCount) { item, workspace in
      let (chunk, band) = item.quotientAndRemainder(dividingBy: bandCount)
      for plane in planes.elements(ofChunk: chunk) {
        body(self[plane * bandCount + band], workspace)
      }
    }
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
