import Tensors

/// One file of a ZIP archive, as the archive's central directory describes it.
struct ZipEntry: Sendable {
  var name: String
  /// 0: stored; 8: deflated.
  var method: UInt16
  var isEncrypted: Bool
  var crc32: UInt32
  var compressedByteCount: Int
  var byteCount: Int
  /// Where the entry's local header starts.
  var headerByteOffset: Int
  /// Where the directory describes the entry; for errors.
  var directoryByteOffset: Int
}

/// The central directory of a ZIP archive, ZIP64 included (PKWARE's APPNOTE.TXT 6.3, 4.3 and 4.5.3).
enum ZipDirectory {
  static let localSignature: UInt32 = 0x0403_4B50
  static let centralSignature: UInt32 = 0x0201_4B50
  static let endSignature: UInt32 = 0x0605_4B50
  static let end64Signature: UInt32 = 0x0606_4B50
  static let locator64Signature: UInt32 = 0x0706_4B50
  static let zip64ExtraID: UInt16 = 1

  /// Lists the entries in the directory's order.
  ///
  /// - Throws: `TesseraError` with the byte offset if the archive is cut off or damaged.
  static func read(_ bytes: UnsafeRawBufferPointer) throws(TesseraError) -> [ZipEntry] {
    let reader = ByteReader(bytes)
    let end = try findEnd(reader)
    var entries: [ZipEntry] = []
    var offset = end.directoryByteOffset
    for _ in 0..<end.entryCount {
      guard try reader.uint32(offset) == centralSignature else {
        throw TesseraError(
          .invalidInput, "expected an entry of the ZIP directory", at: .byteOffset(offset))
      }
      let nameLength = Int(try reader.uint16(offset + 28))
      let extraLength = Int(try reader.uint16(offset + 30))
      let commentLength = Int(try reader.uint16(offset + 32))
      let name = try reader.bytes(offset + 46, count: nameLength)
      var entry = ZipEntry(
        name: String(decoding: name, as: UTF8.self),
        method: try reader.uint16(offset + 10),
        isEncrypted: try reader.uint16(offset + 8) & 1 != 0,
        crc32: try reader.uint32(offset + 16),
        compressedByteCount: Int(try reader.uint32(offset + 20)),
        byteCount: Int(try reader.uint32(offset + 24)),
        headerByteOffset: Int(try reader.uint32(offset + 42)),
        directoryByteOffset: offset)
      try readZip64(
        reader, offset + 46 + nameLength..<offset + 46 + nameLength + extraLength, into: &entry)
      entries.append(entry)
      offset += 46 + nameLength + extraLength + commentLength
    }
    return entries
  }

  /// Where the bytes of `entry` lie, which its local header decides.
  static func data(
    of entry: ZipEntry, in bytes: UnsafeRawBufferPointer
  ) throws(TesseraError) -> Range<Int> {
    let reader = ByteReader(bytes)
    let offset = entry.headerByteOffset
    guard try reader.uint32(offset) == localSignature else {
      throw TesseraError(
        .invalidInput, "expected the header of archive member '\(entry.name.escaped)'",
        at: .byteOffset(offset))
    }
    let nameLength = Int(try reader.uint16(offset + 26))
    let extraLength = Int(try reader.uint16(offset + 28))
    let start = offset + 30 + nameLength + extraLength
    guard start <= bytes.count, entry.compressedByteCount <= bytes.count - start else {
      throw TesseraError(
        .invalidInput,
        "archive member '\(entry.name.escaped)' takes \(entry.compressedByteCount) bytes, "
          + "but only \(max(0, bytes.count - start)) follow", at: .byteOffset(start))
    }
    return start..<start + entry.compressedByteCount
  }

  /// Finds the end-of-directory record, which a comment of up to 65,535 bytes may follow.
  private static func findEnd(
    _ reader: ByteReader
  ) throws(TesseraError) -> (entryCount: Int, directoryByteOffset: Int) {
    var offset = reader.count - 22
    let first = max(0, offset - Int(UInt16.max))
    while offset >= first, try reader.uint32(offset) != endSignature { offset -= 1 }
    guard offset >= first else {
      throw TesseraError(
        .invalidInput, "expected a ZIP archive, found no directory at its end",
        at: .byteOffset(reader.count))
    }
    var entryCount = Int(try reader.uint16(offset + 10))
    var directory = Int(try reader.uint32(offset + 16))
    var directoryByteCount = Int(try reader.uint32(offset + 12))
    let needsZip64 =
      entryCount == UInt16.max || directoryByteCount == UInt32.max || directory == UInt32.max
    if needsZip64, offset >= 20, try reader.uint32(offset - 20) == locator64Signature {
      let record = try reader.offset(offset - 20 + 8)
      guard try reader.uint32(record) == end64Signature else {
        throw TesseraError(
          .invalidInput, "expected the ZIP64 directory record", at: .byteOffset(record))
      }
      entryCount = try reader.offset(record + 32)
      directoryByteCount = try reader.offset(record + 40)
      directory = try reader.offset(record + 48)
    }
    guard directory <= offset, directoryByteCount <= offset - directory,
      entryCount <= directoryByteCount / 46
    else {
      throw TesseraError(
        .invalidInput, "the ZIP directory of \(entryCount) entries does not fit the file",
        at: .byteOffset(offset))
    }
    return (entryCount, directory)
  }

  /// Replaces the fields that hold 2³² − 1 by those of the ZIP64 extra field.
  private static func readZip64(
    _ reader: ByteReader, _ extra: Range<Int>, into entry: inout ZipEntry
  ) throws(TesseraError) {
    var offset = extra.lowerBound
    while offset + 4 <= extra.upperBound {
      let length = Int(try reader.uint16(offset + 2))
      guard length <= extra.upperBound - offset - 4 else { return }
      if try reader.uint16(offset) == zip64ExtraID {
        var field = offset + 4
        let end = field + length
        for path in [\ZipEntry.byteCount, \.compressedByteCount, \.headerByteOffset]
        where entry[keyPath: path] == UInt32.max {
          guard field + 8 <= end else { break }
          entry[keyPath: path] = try reader.offset(field)
          field += 8
        }
        return
      }
      offset += 4 + length
    }
  }
}
