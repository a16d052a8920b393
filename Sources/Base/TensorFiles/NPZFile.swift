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

  /// Reads the array called `name`. Stored row-major little-endian elements are not copied.
  ///
  /// - Throws: `TesseraError` if there is no such member or if it is damaged.
  package func tensor(named name: String) throws(TesseraError) -> Tensor {
    guard let entry = entries[name] else {
      let known = names.prefix(8).map(\.escaped).joined(separator: ", ")
      throw TesseraError(
        .invalidInput,
        "no array is called '\(name.escaped)'; found \(names.count): \(known)\(names.count > 8 ? ", …" : "")"
      ).inFile(path)
    }
    do throws(TesseraError) {
      return try read(entry)
    } catch {
      throw error.inFile("\(path)(\(entry.name.escaped))")
    }
  }

  private func read(_ entry: ZipEntry) throws(TesseraError) -> Tensor {
    guard !entry.isEncrypted, entry.method == 0 || entry.method == 8 else {
      let found = entry.isEncrypted ? "encrypted" : "compressed by method \(entry.method)"
      throw TesseraError(
        .unsupported, "expected a stored or deflated member, found one that is \(found)",
        at: .byteOffset(entry.directoryByteOffset))
    }
    let range = try ZipDirectory.data(of: entry, in: file.bytes)
    let packed = UnsafeRawBufferPointer(rebasing: file.bytes[range])
    let isPlausible =
      entry.method == 0
      ? entry.byteCount == range.count
      : entry.byteCount / Inflate.maximumRatio <= range.count
    guard isPlausible else {
      throw TesseraError(
        .invalidInput, "\(range.count) bytes cannot hold the \(entry.byteCount) that they claim",
        at: .byteOffset(entry.directoryByteOffset))
    }

    let storage: TensorStorage
    if entry.method == 0 {
      storage = TensorStorage(borrowing: packed, from: file)
    } else {
      storage = try TensorStorage(byteCount: entry.byteCount) { (output) throws(TesseraError) in
        try Inflate.decompress(packed, into: output)
      }
    }
    var checksum = CRC32()
    checksum.update(storage.bytes)
    guard checksum.value == entry.crc32 else {
      throw TesseraError(
        .invalidInput, "the checksum does not match: the data is damaged",
        at: .byteOffset(range.lowerBound))
    }
    return try NPYFile.decode(storage)
  }
}
