import Tensors

/// A compressed array of an archive, its header decompressed: its elements are once they are wanted.
final class DeflatedArray {
  let header: NPYHeader
  private let inflate: Inflate
  private var checksum = CRC32()
  /// The elements that were decompressed with the header.
  private let firstBytes: [UInt8]
  private let byteCount: Int

  /// More than the longest header takes, in bytes.
  private static let prefixByteCount = NPYHeader.maximumByteCount + 64

  /// Decompresses the start of `packed`.
  ///
  /// - Parameter byteCount: what all of `packed` gives by the archive's directory.
  /// - Throws: `TesseraError` with the byte offset in the array file if that is no array of so many bytes.
  init(_ packed: UnsafeRawBufferPointer, byteCount: Int) throws(TesseraError) {
    inflate = try Inflate(packed)
    var prefix = [UInt8](repeating: 0, count: min(byteCount, Self.prefixByteCount))
    let found = try prefix.withUnsafeMutableBytes { (bytes) throws(TesseraError) in
      try inflate.read(into: bytes)
    }
    guard found == prefix.count else { throw Self.tooFew(found, of: byteCount) }
    let (header, dataByteOffset) = try prefix.withUnsafeBytes { (bytes) throws(TesseraError) in
      try NPYHeader.read(bytes)
    }
    try header.requireDataByteCount(byteCount - dataByteOffset, at: dataByteOffset)
    prefix.withUnsafeBytes { checksum.update($0) }
    self.header = header
    self.byteCount = byteCount
    firstBytes = Array(prefix[dataByteOffset...])
  }

  /// Decompresses the elements, in the order of the file. To be called once.
  ///
  /// - Throws: `TesseraError` if memory is refused, or if the data is damaged or gives other bytes than
  ///   `crc32` belongs to.
  func elements(crc32: UInt32) throws(TesseraError) -> TensorStorage {
    let elements = try TensorStorage(byteCount: header.byteCount) {
      (output) throws(TesseraError) in
      output.copyBytes(from: firstBytes)
      let rest = UnsafeMutableRawBufferPointer(rebasing: output[firstBytes.count...])
      let found = try inflate.read(into: rest)
      guard found == rest.count else {
        throw Self.tooFew(byteCount - rest.count + found, of: byteCount)
      }
      try inflate.requireEnd()
      checksum.update(UnsafeRawBufferPointer(rest))
    }
    guard checksum.value == crc32 else { throw NPZFile.checksumFailure }
    return elements
  }

  private static func tooFew(_ found: Int, of expected: Int) -> TesseraError {
    TesseraError(
      .invalidInput, "expected the compressed data to give \(expected) bytes, found \(found)")
  }
}
