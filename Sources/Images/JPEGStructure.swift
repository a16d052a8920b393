import Tensors

/// The marker segments of a JPEG file (ITU-T T.81, annex B).
enum JPEGStructure {
  /// Walks over the segments and the compressed data to the end-of-image marker. libjpeg-turbo itself
  /// fills in what a cut-off file lacks.
  ///
  /// - Throws: `TesseraError` with the byte offset where the file is cut off.
  static func checkEnd(_ bytes: UnsafeRawBufferPointer) throws(TesseraError) {
    var offset = 2
    while let marker = nextMarker(bytes, &offset) {
      if marker == 0xD9 { return }
      // Markers 01 and D0 to D7 stand alone.
      if marker == 0x01 || (0xD0...0xD7).contains(marker) { continue }
      guard offset + 2 <= bytes.count else { break }
      offset += max(2, Int(bytes[offset]) << 8 | Int(bytes[offset + 1]))
    }
    throw TesseraError(
      .invalidInput, "the JPEG file is cut off: expected the end-of-image marker",
      at: .byteOffset(bytes.count))
  }

  /// Moves past the next marker and returns its second byte. Stuffed bytes (FF 00) are data.
  private static func nextMarker(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) -> UInt8? {
    while offset + 1 < bytes.count {
      let (first, second) = (bytes[offset], bytes[offset + 1])
      offset += 1
      if first == 0xFF, second != 0, second != 0xFF {
        offset += 1
        return second
      }
    }
    return nil
  }
}
