import Tensors

/// A compressed array of an archive, its header decompressed: its elements are once they are wanted.
final class DeflatedArray {
  let header: NPYHeader
  private let inflate: Inflate
  private var checksum = CRC32()
  /// The header and the first elements.
  private let prefix: ZeroedMemory
  private let dataByteOffset: Int
  private let byteCount: Int

  /// More than the longest header takes, in bytes.
  private static let prefixByteCount = NPYHeader.maximumByteCount + 64

  /// Decompresses the start of `packed`.
  ///
  /// - Parameter byteCount: what all of `packed` gives by the archive's directory.
  /// - Throws: `TesseraError` with the byte offset in the array file if that is no array of so many bytes.
  init(_ packed: UnsafeRawBufferPointer, byteCount: Int) throws(TesseraError) {
    inflate = try Inflate(packed)
    prefix = try ZeroedMemory(byteCount: min(byteCount, Self.prefixByteCount))
    let found = try inflate.read(into: prefix.bytes)
    guard found == prefix.bytes.count else { throw Self.tooFew(found, of: byteCount) }
    (header, dataByteOffset) = try NPYHeader.read(UnsafeRawBufferPointer(prefix.bytes))
    try header.requireDataByteCount(byteCount - dataByteOffset, at: dataByteOffset)
    checksum.update(UnsafeRawBufferPointer(prefix.bytes))
    self.byteCount = byteCount
  }

  /// Decompresses the elements, in the order of the file. To be called once.
  ///
  /// - Throws: `TesseraError` if memory is refused, or if the data is damaged or gives other bytes than
  ///   `crc32` belongs to.
  func elements(crc32: UInt32) throws(TesseraError) -> TensorStorage {
    let elements = try TensorStorage(byteCount: header.byteCount) {
      (output) throws(TesseraError) in
      let first = UnsafeRawBufferPointer(rebasing: prefix.bytes[dataByteOffset...])
      output.copyMemory(from: first)
      let rest = UnsafeMutableRawBufferPointer(rebasing: output[first.count...])
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
