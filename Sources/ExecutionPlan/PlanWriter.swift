import Tensors

/// Lays a plan and its weights out as the bytes of a plan file.
package struct PlanWriter {
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

  /// Fills `image`, `byteCount` zeroed bytes. `fillBlobs` gets the destination of every blob, in the
  /// order of `contents.weights`, and must fill each of them completely.
  package mutating func write(
    into image: UnsafeMutableRawBufferPointer,
    fillBlobs: ([UnsafeMutableRawBufferPointer]) throws(TesseraError) -> Void
  ) throws(TesseraError) {
    let region = PlanHeader.weightsAlignment
    let destinations = contents.weights.map { blob in
      UnsafeMutableRawBufferPointer(
        rebasing: image[region + blob.byteOffset..<region + blob.byteOffset + blob.byteCount])
    }
    try fillBlobs(destinations)
    for (index, destination) in destinations.enumerated() {
      contents.weights[index].hash = hashOfBytes(UnsafeRawBufferPointer(destination))
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
  package mutating func makeImage(
    fillBlobs: ([UnsafeMutableRawBufferPointer]) throws(TesseraError) -> Void
  ) throws(TesseraError) -> PlanImage {
    let storage = try TensorStorage(byteCount: byteCount) {
      (bytes) throws(TesseraError) in try write(into: bytes, fillBlobs: fillBlobs)
    }
    return try PlanImage(storage)
  }

  /// Writes the plan to `path`; a failure leaves nothing behind and an older file untouched.
  package mutating func writeFile(
    to path: String,
    fillBlobs: ([UnsafeMutableRawBufferPointer]) throws(TesseraError) -> Void
  ) throws(TesseraError) {
    let file = try AtomicFile(path: path)
    try file.fill(byteCount: byteCount) { (image) throws(TesseraError) in
      try write(into: image, fillBlobs: fillBlobs)
    }
    try file.commit()
  }
}
