import KernelInterface
import Tensors

/// The windows of stride 1 of a batch of images, as rows: image by image, row by row, each with its
/// elements in the order of an image of the window's size in the same channel blocks.
struct ImageWindows {
  private let layout: ImageLayout
  private let operand: OperandDraft
  /// One window as an image.
  private let window: ImageLayout
  private let name: String

  /// Rows of windows of some images: all rows of several images, or some of one.
  struct Band {
    let images: Range<Int>
    let rows: Range<Int>
  }

  init(
    image: (layout: ImageLayout, operand: OperandDraft), kernel: [Int], name: String
  ) throws(TesseraError) {
    (layout, operand) = image
    self.name = name
    window = ImageLayout(
      batch: 1, channels: layout.channels, height: kernel[0], width: kernel[1],
      channelBlock: layout.channelBlock)
    _ = try checkedProduct(layout.batch, rowCount, columnCount, try window.byteCount())
  }

  /// Rows and columns of windows of an image.
  private var rowCount: Int { layout.height - window.height + 1 }
  private var columnCount: Int { layout.width - window.width + 1 }

  /// All windows in bands of at most so many bytes, or of one row where that takes more.
  func bands(maximumByteCount: Int) -> [Band] {
    let rowByteCount = columnCount * window.imageStride * MemoryLayout<Float>.size
    if layout.batch * rowCount * rowByteCount <= maximumByteCount {
      return [Band(images: 0..<layout.batch, rows: 0..<rowCount)]
    }
    let parts = EvenSplit(
      total: rowCount, maximumSize: max(1, maximumByteCount / rowByteCount))
    return (0..<layout.batch).flatMap { image in
      (0..<parts.partCount).map { Band(images: image..<image + 1, rows: parts[$0]) }
    }
  }

  /// Copies the windows of a band to a buffer.
  func gather(
    _ band: Band, _ builder: inout PlanBuilder
  ) throws(TesseraError) -> FullyConnectedLayer.Rows {
    let count = band.images.count * band.rows.count * columnCount
    var copy = CopyDescriptor()
    copy.extents = [
      band.images.count, band.rows.count, columnCount, window.channelBlockCount, window.height,
      window.width, window.channelBlock,
    ]
    copy.inputElementCount = layout.storedElementCount
    copy.inputOffset =
      layout.originOffset + band.images.lowerBound * layout.imageStride
      + band.rows.lowerBound * layout.rowStride
    copy.inputStrides = [
      layout.imageStride, layout.rowStride, layout.channelBlock, layout.channelBlockStride,
      layout.rowStride, layout.channelBlock, 1,
    ]
    copy.outputElementCount = count * window.imageStride
    copy.outputStrides = denseStrides(copy.extents)
    let target = builder.newBuffer(byteCount: copy.outputElementCount * MemoryLayout<Float>.size)
    try builder.append(copy, name: name, operands: [operand, target])
    return .init(operand: target, count: count, order: window)
  }

  /// The copy of a band's results, rows of `rowLength`, to those of all windows.
  func placement(of band: Band, rowLength: Int) -> CopyDescriptor {
    let imageLength = rowCount * columnCount * rowLength
    var copy = CopyDescriptor()
    copy.extents = [band.images.count, band.rows.count * columnCount * rowLength]
    copy.inputElementCount = copy.extents.reduce(1, *)
    copy.inputStrides = [copy.extents[1], 1]
    copy.outputElementCount = layout.batch * imageLength
    copy.outputOffset =
      band.images.lowerBound * imageLength + band.rows.lowerBound * columnCount * rowLength
    copy.outputStrides = [imageLength, 1]
    return copy
  }
}
