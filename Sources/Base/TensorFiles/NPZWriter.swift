import Tensors

extension NPZFile {
  /// Writes `arrays` to `path` as a ZIP archive of stored `NAME.npy` members, in the given order.
  ///
  /// - Throws: `TesseraError` if the file cannot be written, a name occurs twice or NPY lacks a type
  ///   (bfloat16).
  package static func write(
    _ arrays: [(name: String, tensor: Tensor)], to path: String
  ) throws(TesseraError) {
    try stage(arrays, for: path).commit()
  }

  /// As `write`, but leaves it to the caller to give the file its name.
  package static func stage(
    _ arrays: [(name: String, tensor: Tensor)], for path: String
  ) throws(TesseraError) -> AtomicFile {
    do throws(TesseraError) {
      let file = try AtomicFile(path: path)
      var directory: [UInt8] = []
      var names: Set<String> = []
      for (name, tensor) in arrays {
        guard names.insert(name).inserted else {
          throw TesseraError(.invalidInput, "two arrays have the name '\(name.escaped)'")
        }
        let member = try Member(name: name, tensor: tensor, headerByteOffset: file.byteCount)
        try file.write(member.localHeader)
        try file.write(member.npyHeader)
        try tensor.withUnsafeBytes { (bytes) throws(TesseraError) in try file.write(bytes) }
        directory += member.directoryEntry
      }
      let directoryStart = file.byteCount
      try file.write(directory)
      try file.write(
        end(entryCount: arrays.count, start: directoryStart, byteCount: directory.count))
      try file.flush()
      return file
    } catch {
      throw error.inFile(path)
    }
  }

  /// What ends the archive: the ZIP64 record and its locator, then the plain record, whose fields
  /// give way to ZIP64's where they do not fit.
  private static func end(entryCount: Int, start: Int, byteCount: Int) -> [UInt8] {
    var zip64 = ByteWriter()
    zip64.append(ZipDirectory.end64Signature)
    zip64.append(UInt64(44))
    zip64.append(UInt16(45))
    zip64.append(UInt16(45))
    zip64.append(UInt32(0))
    zip64.append(UInt32(0))
    zip64.append(UInt64(entryCount))
    zip64.append(UInt64(entryCount))
    zip64.append(UInt64(byteCount))
    zip64.append(UInt64(start))
    zip64.append(ZipDirectory.locator64Signature)
    zip64.append(UInt32(0))
    zip64.append(UInt64(start + byteCount))
    zip64.append(UInt32(1))

    var plain = ByteWriter()
    plain.append(ZipDirectory.endSignature)
    plain.append(UInt16(0))
    plain.append(UInt16(0))
    plain.append(UInt16(clamping: entryCount))
    plain.append(UInt16(clamping: entryCount))
    plain.append(UInt32(clamping: byteCount))
    plain.append(UInt32(clamping: start))
    plain.append(UInt16(0))

    let fits = entryCount < UInt16.max && start < UInt32.max && byteCount < UInt32.max
    return fits ? plain.bytes : zip64.bytes + plain.bytes
  }

  /// The headers of one member.
  private struct Member {
    let npyHeader: [UInt8]
    private let name: [UInt8]
    private let checksum: UInt32
    private let byteCount: Int
    private let headerByteOffset: Int

    init(name: String, tensor: Tensor, headerByteOffset: Int) throws(TesseraError) {
      self.name = Array("\(name).npy".utf8)
      guard self.name.count <= UInt16.max else {
        throw TesseraError(.invalidInput, "an array's name is longer than a ZIP archive allows")
      }
      let npyHeader = try NPYHeader(elementType: tensor.elementType, shape: tensor.shape).encoded()
      var checksum = CRC32()
      npyHeader.withUnsafeBytes { checksum.update($0) }
      tensor.withUnsafeBytes { checksum.update($0) }
      self.npyHeader = npyHeader
      self.checksum = checksum.value
      self.headerByteOffset = headerByteOffset
      byteCount = npyHeader.count + tensor.byteCount
    }

    /// Sizes lie in the ZIP64 extra field, always: NumPy writes them so too.
    var localHeader: [UInt8] {
      var header = ByteWriter()
      header.append(ZipDirectory.localSignature)
      appendCommon(to: &header, extraByteCount: 20)
      header.append(name)
      appendSizes(to: &header, fieldByteCount: 16)
      return header.bytes
    }

    var directoryEntry: [UInt8] {
      var entry = ByteWriter()
      entry.append(ZipDirectory.centralSignature)
      entry.append(UInt16(45))
      appendCommon(to: &entry, extraByteCount: 28)
      for _ in 0..<3 { entry.append(UInt16(0)) }
      entry.append(UInt32(0))
      entry.append(UInt32.max)
      entry.append(name)
      appendSizes(to: &entry, fieldByteCount: 24)
      entry.append(UInt64(headerByteOffset))
      return entry.bytes
    }

    /// Version 4.5, names in UTF-8, stored, 1980-01-01 00:00.
    private func appendCommon(to header: inout ByteWriter, extraByteCount: Int) {
      header.append(UInt16(45))
      header.append(UInt16(0x0800))
      header.append(UInt16(0))
      header.append(UInt16(0))
      header.append(UInt16(0x21))
      header.append(checksum)
      header.append(UInt32.max)
      header.append(UInt32.max)
      header.append(UInt16(clamping: name.count))
      header.append(UInt16(clamping: extraByteCount))
    }

    private func appendSizes(to header: inout ByteWriter, fieldByteCount: Int) {
      header.append(ZipDirectory.zip64ExtraID)
      header.append(UInt16(clamping: fieldByteCount))
      header.append(UInt64(byteCount))
      header.append(UInt64(byteCount))
    }
  }
}
