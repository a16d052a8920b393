import Tensors

// Results of loops over extents: dense, or images in channel blocks, whose nest the extents are then.

extension FieldVisitor {
  /// Visits the extents and the layout of images, of which one gives the other.
  mutating func visitResults(
    _ extents: inout [Int], _ image: inout ImageLayout?, maximumRank: Int
  ) throws(TesseraError) {
    var isImage = image != nil
    try visit("stores-images", &isImage)
    if isImage {
      var layout = image ?? ImageLayout()
      try layout.visitFields("output", &self)
      image = layout
      extents = layout.nest
    } else {
      image = nil
      try visit("extents", &extents, in: 0...maximumExtent, maximumCount: maximumRank)
    }
  }
}

/// Checks float32 results and gives their number and the bytes that hold them.
func requireResults(
  _ kernel: String, _ extents: [Int], _ image: ImageLayout?
) throws(TesseraError) -> (count: Int, byteCount: Int) {
  let count = try checkedElementCount(extents)
  guard let image else { return (count, try checkedProduct(count, MemoryLayout<Float>.size)) }
  let byteCount = try image.byteCount()
  try require(
    extents == image.nest && image.channelBlock == kernelLaneCount,
    """
    \(kernel) stores \(extents) as images in blocks of \(image.channelBlock), expected \
    \(image.nest) in blocks of \(kernelLaneCount)
    """)
  return (count, byteCount)
}

/// How many elements loops over `extents` reach; their product without those of 0 must fit too.
func checkedElementCount(_ extents: [Int]) throws(TesseraError) -> Int {
  var count = 1
  for extent in extents { count = try checkedProduct(count, max(1, extent)) }
  return extents.contains(0) ? 0 : count
}

extension ImageLayout {
  /// Batch, channel blocks, rows, columns and lanes.
  package var nest: [Int] { [batch, channelBlockCount, height, width, channelBlock] }
  /// Elements from one index of the nest to the next.
  package var nestStrides: [Int] {
    [imageStride, channelBlockStride, rowStride, channelBlock, 1]
  }
}
