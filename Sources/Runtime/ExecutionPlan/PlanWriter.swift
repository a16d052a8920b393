import Tensors

/// Lays a plan and its weights out as the bytes of a plan file.
package struct PlanWriter {
  /// Fills a blob, given its index in `PlanContents.weights`.
  package typealias FillBlob = (Int, UnsafeMutableRawBufferPointer) throws(TesseraError) -> Void

  private var contents: PlanContents
  private let weightsByteCount: Int

  /// A writer for `contents`, whose blobs have offsets and sizes but no checksums yet.
  package init(_ contents: PlanContents) {
    self.contents = contents
    weightsByteCount = contents.weights.last.map { $0.byteOffset + $0.byteCount } ?? 0
  }

  private var metadataOffset: Int {
    let end = PlanHeader.weightsAlignment + weightsByteCount
    return (end + planAlignment - 1) / planAlignment * planAlignment
  }

  /// Bytes of the finished file.
  package var byteCount: Int { metadataOffset + contents.encoded().count }

  /// Fills `image`, `byteCount` zeroed bytes, blob by blob.
  ///
  /// - Parameters:
  ///   - finish: called with the bytes of `image` that nothing will read or write any more.
  ///   - fillBlob: gets the index of a blob in `contents.weights` and its destination, which it must fill
  ///     completely.
  package mutating func write(
    into image: UnsafeMutableRawBufferPointer, finish: (Range<Int>) -> Void = { _ in },
    fillBlob: FillBlob
  ) throws(TesseraError) {
    for (index, blob) in contents.weights.enumerated() {
      let start = PlanHeader.weightsAlignment + blob.byteOffset
      let range = start..<start + blob.byteCount
      let destination = UnsafeMutableRawBufferPointer(rebasing: image[range])
      try fillBlob(index, destination)
      contents.weights[index].hash = hashOfBytes(UnsafeRawBufferPointer(destination))
      finish(range)
    }
    let section = contents.encoded()
    var header = PlanHeader()
    header.weightsByteCount = weightsByteCount
    header.metadataOffset = metadataOffset
    header.metadataByteCount = section.count
    header.metadataHash = section.withUnsafeBytes(hashOfBytes)
    UnsafeMutableRawBufferPointer(rebasing: image[metadataOffset...]).copyBytes(from: section)
    image.copyBytes(from: header.encoded())
  }

  /// A plan in memory, without a file.
  package mutating func makeImage(fillBlob: FillBlob) throws(TesseraError) -> PlanImage {
    let storage = try TensorStorage(byteCount: byteCount) {
      (bytes) throws(TesseraError) in try write(into: bytes, fillBlob: fillBlob)
    }
    return try PlanImage(storage)
  }

  /// Writes the plan to `path`; a failure leaves nothing behind and an older file untouched.
  /// Besides the model, no more than the largest blob is in memory at a time.
  package mutating func writeFile(
    to path: String, fillBlob: FillBlob
  ) throws(TesseraError) {
    let file = try AtomicFile(path: path)
    try file.fill(byteCount: byteCount) { (image, release) throws(TesseraError) in
      try write(into: image, finish: release, fillBlob: fillBlob)
    }
    try file.commit()
  }
}
