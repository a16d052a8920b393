import Tensors

/// NumPy's archive of named arrays (`.npz`): a ZIP file whose members are `NAME.npy`, stored or
/// deflated.
package struct NPZFile: Sendable {
  /// The path as it was given.
  package let path: String
  /// The arrays' names, without `.npy`, in the archive's order.
  package let names: [String]

  private let file: MappedFile
  private let entries: [String: ZipEntry]

  /// Opens the archive at `path` and reads its directory.
  ///
  /// - Throws: `TesseraError` if it is no ZIP archive, or if two members have one name.
  package init(path: String) throws(TesseraError) {
    self.path = path
    file = try MappedFile(path: path)
    var names: [String] = []
    var entries: [String: ZipEntry] = [:]
    do throws(TesseraError) {
      try ExpectedFile.npz.require(file.bytes)
      for entry in try ZipDirectory.read(file.bytes) where entry.name.hasSuffix(".npy") {
        let name = String(entry.name.dropLast(4))
        guard entries.updateValue(entry, forKey: name) == nil else {
          throw TesseraError(
            .invalidInput, "two members have the name '\(name.escaped)'",
            at: .byteOffset(entry.directoryByteOffset))
        }
        names.append(name)
      }
    } catch {
      throw error.inFile(path)
    }
    self.names = names
    self.entries = entries
  }

  /// The type of the array called `name`: of a compressed one, no more than the header is decompressed.
  ///
  /// - Throws: `TesseraError` if there is no such member or if its start is damaged.
  package func type(
    ofTensor name: String
  ) throws(TesseraError) -> (elementType: ElementType, shape: Shape) {
    try read(name) { (entry, packed) throws(TesseraError) in
      let header =
        entry.method == 0
        ? try NPYHeader.read(packed).header
        : try DeflatedArray(packed, byteCount: entry.byteCount).header
      return (header.elementType, header.shape)
    }
  }

  /// Reads the array called `name`. Stored row-major little-endian elements are not copied.
  ///
  /// - Throws: `TesseraError` if there is no such member, if it is damaged, or if memory is refused.
  package func tensor(named name: String) throws(TesseraError) -> Tensor {
    try read(name) { (entry, packed) throws(TesseraError) in
      if entry.method == 0 {
        var checksum = CRC32()
        checksum.update(packed)
        guard checksum.value == entry.crc32 else { throw Self.checksumFailure }
        return try NPYFile.decode(TensorStorage(borrowing: packed, from: file))
      }
      let array = try DeflatedArray(packed, byteCount: entry.byteCount)
      return try NPYFile.tensor(
        array.header, try array.elements(crc32: entry.crc32), byteOffset: 0)
    }
  }

  static var checksumFailure: TesseraError {
    TesseraError(.invalidInput, "the checksum does not match: the data is damaged")
  }

  /// Calls `body` with a member's entry and its stored or compressed bytes.
  private func read<Result>(
    _ name: String, _ body: (ZipEntry, UnsafeRawBufferPointer) throws(TesseraError) -> Result
  ) throws(TesseraError) -> Result {
    guard let entry = entries[name] else {
      let known = names.prefix(8).map(\.escaped).joined(separator: ", ")
      throw TesseraError(
        .invalidInput,
        "no array is called '\(name.escaped)'; found \(names.count): \(known)\(names.count > 8 ? ", …" : "")"
      ).inFile(path)
    }
    do throws(TesseraError) {
      let range = try requirePlausible(entry)
      do throws(TesseraError) {
        return try body(entry, UnsafeRawBufferPointer(rebasing: file.bytes[range]))
      } catch {
        throw error.at(.byteOffset(range.lowerBound))
      }
    } catch {
      throw error.inFile("\(path)(\(entry.name.escaped))")
    }
  }

  /// Where a member's bytes lie, after a look at how it is stored.
  private func requirePlausible(_ entry: ZipEntry) throws(TesseraError) -> Range<Int> {
    guard !entry.isEncrypted, entry.method == 0 || entry.method == 8 else {
      let found = entry.isEncrypted ? "encrypted" : "compressed by method \(entry.method)"
      throw TesseraError(
        .unsupported, "expected a stored or deflated member, found one that is \(found)",
        at: .byteOffset(entry.directoryByteOffset))
    }
    let range = try ZipDirectory.data(of: entry, in: file.bytes)
    let isPlausible =
      entry.method == 0
      ? entry.byteCount == range.count
      : entry.byteCount / Inflate.maximumRatio <= range.count
    guard isPlausible else {
      throw TesseraError(
        .invalidInput, "\(range.count) bytes cannot hold the \(entry.byteCount) that they claim",
        at: .byteOffset(entry.directoryByteOffset))
    }
    return range
  }
}
