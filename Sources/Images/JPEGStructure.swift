import Tensors

/// What the marker segments of a JPEG file say before anything is decompressed (ITU-T T.81, annex B).
struct JPEGStructure {
  /// The components of the frame; 0 without a frame.
  private(set) var componentCount = 0
  private(set) var isProgressive = false
  /// How many components each scan has.
  private(set) var scanComponentCounts: [Int] = []

  /// The coefficients of the whole image are kept until the last scan.
  var keepsCoefficients: Bool {
    isProgressive || scanComponentCounts.contains { $0 != componentCount }
  }

  /// Walks over the segments and the compressed data to the end-of-image marker. libjpeg-turbo itself
  /// fills in what a cut-off file lacks.
  ///
  /// - Throws: `TesseraError` with the byte offset where the file is cut off.
  static func read(_ bytes: UnsafeRawBufferPointer) throws(TesseraError) -> JPEGStructure {
    var structure = JPEGStructure()
    var offset = 2
    while let marker = nextMarker(bytes, &offset) {
      if marker == 0xD9 { return structure }
      // Markers 01 and D0 to D7 stand alone.
      if marker == 0x01 || (0xD0...0xD7).contains(marker) { continue }
      guard offset + 2 <= bytes.count else { break }
      structure.note(marker, bytes, at: offset + 2)
      offset += max(2, Int(bytes[offset]) << 8 | Int(bytes[offset + 1]))
    }
    throw TesseraError(
      .invalidInput, "the JPEG file is cut off: expected the end-of-image marker",
      at: .byteOffset(bytes.count))
  }

  /// Notes what the segment of a frame or a scan says, whose content starts at `offset`.
  private mutating func note(_ marker: UInt8, _ bytes: UnsafeRawBufferPointer, at offset: Int) {
    switch marker {
    case 0xC4, 0xC8, 0xCC: break
    case 0xC0...0xCF where offset + 5 < bytes.count:
      componentCount = Int(bytes[offset + 5])
      isProgressive = isProgressive || marker & 3 == 2
    case 0xDA where offset < bytes.count: scanComponentCounts.append(Int(bytes[offset]))
    default: break
    }
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
