import Tensors

/// How a camera was held: what must be done to the stored image to see it upright. The numbers are
/// those of TIFF 6.0's tag 274.
enum Orientation: UInt16 {
  case upright = 1
  case mirrored, rotatedHalf, flipped, transposed, rotatedRight, transversed, rotatedLeft

  /// Rows and columns change places.
  var swapsAxes: Bool { rawValue >= 5 }
}

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

extension Image {
  /// The stored image turned upright.
  func oriented(_ orientation: Orientation) -> Image {
    guard orientation != .upright else { return self }
    let newWidth = orientation.swapsAxes ? height : width
    let newHeight = orientation.swapsAxes ? width : height
    let channels = channelCount
    let turned = samples.withUnsafeBufferPointer { source in
      [UInt8](unsafeUninitializedCapacity: samples.count) { result, count in
        for y in 0..<newHeight {
          for x in 0..<newWidth {
            let (column, row) =
              switch orientation {
              case .upright: (x, y)
              case .mirrored: (width - 1 - x, y)
              case .rotatedHalf: (width - 1 - x, height - 1 - y)
              case .flipped: (x, height - 1 - y)
              case .transposed: (y, x)
              case .rotatedRight: (y, height - 1 - x)
              case .transversed: (width - 1 - y, height - 1 - x)
              case .rotatedLeft: (width - 1 - y, x)
              }
            for channel in 0..<channels {
              result[(y * newWidth + x) * channels + channel] =
                source[(row * width + column) * channels + channel]
            }
          }
        }
        count = samples.count
      }
    }
    return Image(
      checkedWidth: newWidth, height: newHeight, colorModel: colorModel, samples: turned)
  }
}
