import Tensors

/// What the chunks of a PNG file say before anything is decompressed (PNG specification, third
/// edition, sections 5 and 11).
struct PNGStructure {
  var width = 0
  var height = 0
  var isColor = false
  /// Bytes of an uncompressed row, with the one that names its filter.
  var rowByteCount = 0
  /// How much compressed pixel data there is.
  var dataByteCount = 0

  /// Samples a pixel, by color type.
  private static let sampleCounts: [UInt8: Int] = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4]
  /// The most bytes that one byte of deflate data can stand for.
  private static let maximumRatio = 1032

  /// Walks over all chunks.
  ///
  /// - Throws: `TesseraError` with a byte offset if a chunk is cut off, if the file does not end with
  ///   IEND, or if the data cannot hold the pixels that the header claims.
  static func read(_ bytes: UnsafeRawBufferPointer) throws(TesseraError) -> PNGStructure {
    var structure = PNGStructure()
    var offset = 8
    while true {
      guard bytes.count - offset >= 12 else {
        throw TesseraError(
          .invalidInput, "the PNG file is cut off: expected another chunk", at: .byteOffset(offset))
      }
      let length = Int(uint32(bytes, offset))
      let name = uint32(bytes, offset + 4)
      guard length <= bytes.count - offset - 12 else {
        throw TesseraError(
          .invalidInput,
          "the PNG file is cut off: a chunk takes \(length) bytes, "
            + "found \(bytes.count - offset - 12)", at: .byteOffset(offset))
      }
      if offset == 8 {
        try structure.readHeader(bytes, name, length)
      } else if name == tag("IDAT") {
        structure.dataByteCount += length
      } else if name == tag("IEND") {
        break
      }
      offset += 12 + length
    }
    guard structure.rowByteCount * structure.height / maximumRatio <= structure.dataByteCount else {
      throw TesseraError(
        .invalidInput,
        "\(structure.dataByteCount) bytes of pixel data cannot hold "
          + "\(structure.width)x\(structure.height) pixels", at: .byteOffset(16))
    }
    return structure
  }

  /// Reads IHDR, which starts at byte 8.
  private mutating func readHeader(
    _ bytes: UnsafeRawBufferPointer, _ name: UInt32, _ length: Int
  ) throws(TesseraError) {
    guard name == Self.tag("IHDR"), length == 13 else {
      throw TesseraError(
        .invalidInput, "expected the header of a PNG file (IHDR)", at: .byteOffset(8))
    }
    width = Int(Self.uint32(bytes, 16))
    height = Int(Self.uint32(bytes, 20))
    let bitDepth = Int(bytes[24])
    let colorType = bytes[25]
    guard let sampleCount = Self.sampleCounts[colorType], [1, 2, 4, 8, 16].contains(bitDepth) else {
      throw TesseraError(
        .invalidInput, "color type \(colorType) with \(bitDepth) bits is not in the PNG format",
        at: .byteOffset(24))
    }
    isColor = colorType & 2 != 0
    _ = try Image.checkedSampleCount(width: width, height: height, colorModel: .rgb)
    rowByteCount = (width * sampleCount * bitDepth + 7) / 8 + 1
  }

  private static func uint32(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
    UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  private static func tag(_ name: String) -> UInt32 {
    name.utf8.reduce(0) { $0 << 8 | UInt32($1) }
  }
}
