import Tensors

/// A decoded plan with its weights in memory: a mapped file, or a plan that was compiled into
/// memory. Immutable, shared by any number of sessions.
package final class PlanImage: Sendable {
  package let contents: PlanContents
  private let storage: TensorStorage
  /// Nil for a plan that was compiled into memory.
  private let file: MappedFile?
  private let weightsOffset: Int
  private let weightsByteCount: Int

  /// Decodes the plan in `storage` and verifies its structure. Reads no weight.
  ///
  /// - Throws: `TesseraError` with the byte offset of the first thing that is wrong.
  package convenience init(_ storage: TensorStorage) throws(TesseraError) {
    try self.init(storage, file: nil)
  }

  private init(_ storage: TensorStorage, file: MappedFile?) throws(TesseraError) {
    let header = try PlanHeader(decoding: storage.bytes)
    let section = UnsafeRawBufferPointer(
      rebasing: storage.bytes[header.metadataOffset..<storage.bytes.count])
    guard hashOfBytes(section) == header.metadataHash else {
      throw TesseraError(
        .invalidInput, "the metadata is damaged: its checksum does not match",
        at: .byteOffset(header.metadataOffset))
    }
    var reader = ByteReader(section, fileOffset: header.metadataOffset)
    let contents = try PlanContents(decoding: &reader)
    try contents.verifyStructure(weightsByteCount: header.weightsByteCount)
    self.contents = contents
    self.storage = storage
    self.file = file
    weightsOffset = header.weightsOffset
    weightsByteCount = header.weightsByteCount
  }

  /// Maps the plan file at `path`.
  package convenience init(path: String) throws(TesseraError) {
    let file = try MappedFile(path: path)
    do {
      try self.init(TensorStorage(borrowing: file.bytes, from: file), file: file)
    } catch {
      throw error.inFile(path)
    }
  }

  /// Finds out whether the plan file was changed where it lies; see `MappedFile.requireUnchanged`.
  package func requireUnchangedFile() throws(TesseraError) { try file?.requireUnchanged() }

  /// The weights region. Its first byte is aligned to 64 bytes at least.
  package var weights: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(
      rebasing: storage.bytes[weightsOffset..<weightsOffset + weightsByteCount])
  }

  /// The whole plan file.
  package var fileBytes: UnsafeRawBufferPointer { storage.bytes }

  /// Bytes of the whole plan file.
  package var fileByteCount: Int { storage.byteCount }

  /// Bytes of the weights region.
  package var weightByteCount: Int { weightsByteCount }

  /// Reads the blob `index` and compares it with its checksum. What lies between it and the next blob
  /// must be zero, so that no bit of the region changes unseen.
  package func verifyWeights(blob index: Int) throws(TesseraError) {
    let blob = contents.weights[index]
    let bytes = UnsafeRawBufferPointer(
      rebasing: weights[blob.byteOffset..<blob.byteOffset + blob.byteCount])
    guard hashOfBytes(bytes) == blob.hash else {
      throw TesseraError(
        .invalidInput, "weight '\(blob.name)' is damaged: its checksum does not match",
        at: .byteOffset(weightsOffset + blob.byteOffset))
    }
    let end = blob.byteOffset + blob.byteCount
    let isLast = index + 1 == contents.weights.count
    let gapEnd = isLast ? weightsByteCount : contents.weights[index + 1].byteOffset
    if let offset = weights[end..<gapEnd].firstIndex(where: { $0 != 0 }) {
      throw TesseraError(
        .invalidInput,
        "the padding after weight '\(blob.name)' is damaged: expected 0, found \(weights[offset])",
        at: .byteOffset(weightsOffset + offset))
    }
  }
}
