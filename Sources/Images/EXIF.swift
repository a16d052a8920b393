/// The orientation in the EXIF data of a JPEG file. What is missing, cut off or out of range reads as
/// upright: a picture can be seen without it.
enum EXIF {
  /// Looks for the first APP1 segment with EXIF data before the image data.
  static func orientation(ofJPEG bytes: UnsafeRawBufferPointer) -> Orientation {
    var offset = 2
    while offset + 4 <= bytes.count, bytes[offset] == 0xFF {
      let marker = bytes[offset + 1]
      if marker == 0xFF {
        offset += 1
        continue
      }
      if marker == 0xDA || marker == 0xD9 { break }
      let length = Int(bytes[offset + 2]) << 8 | Int(bytes[offset + 3])
      guard length >= 2, offset + 2 + length <= bytes.count else { break }
      let segment = UnsafeRawBufferPointer(rebasing: bytes[offset + 4..<offset + 2 + length])
      if marker == 0xE1, segment.starts(with: Array("Exif\0\0".utf8)) {
        return orientation(ofTIFF: UnsafeRawBufferPointer(rebasing: segment[6...])) ?? .upright
      }
      offset += 2 + length
    }
    return .upright
  }

  /// Reads tag 274 of the first directory.
  private static func orientation(ofTIFF bytes: UnsafeRawBufferPointer) -> Orientation? {
    let isBigEndian = bytes.starts(with: Array("MM".utf8))
    guard isBigEndian || bytes.starts(with: Array("II".utf8)) else { return nil }

    func integer(_ offset: Int, byteCount: Int) -> Int? {
      guard offset <= bytes.count, byteCount <= bytes.count - offset else { return nil }
      let field = bytes[offset..<offset + byteCount]
      return isBigEndian
        ? field.reduce(0) { $0 << 8 | Int($1) } : field.reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    guard integer(2, byteCount: 2) == 42, let directory = integer(4, byteCount: 4),
      let entryCount = integer(directory, byteCount: 2)
    else { return nil }
    for index in 0..<entryCount {
      let entry = directory + 2 + 12 * index
      guard let tag = integer(entry, byteCount: 2) else { return nil }
      guard tag == 274 else { continue }
      guard integer(entry + 2, byteCount: 2) == 3, let value = integer(entry + 8, byteCount: 2)
      else { return nil }
      return UInt16(exactly: value).flatMap(Orientation.init(rawValue:))
    }
    return nil
  }
}
