import Glibc

/// Writes a file that appears under its name only when it is complete.
///
/// The bytes go to a file in the same folder that has no name, so that nothing is left of it when the
/// process is killed; `commit` gives it a temporary name and renames that. On file systems without
/// nameless files it has the temporary name from the start, and is removed if the object goes away
/// before. What lay under the name stays until then. A symbolic link is followed. A device cannot be
/// renamed over and is written directly.
package final class AtomicFile {
  /// The path as it was given.
  package let path: String
  /// Bytes that `write(_:)` has appended so far: where the next appended byte goes.
  package private(set) var byteCount = 0

  private let destination: String
  /// The name to rename; nil while the file has none, and for a device.
  private var temporaryPath: String?
  private var isNameless = false
  private var descriptor: Int32
  private let buffer: UnsafeMutableRawBufferPointer
  private var bufferedByteCount = 0

  /// Creates the temporary file beside `path`.
  ///
  /// - Throws: `TesseraError` if the folder does not exist or may not be written, or if `path` is a folder.
  package init(path: String) throws(TesseraError) {
    self.path = path
    var status = stat()
    let exists = stat(path, &status) == 0
    let format = status.st_mode & S_IFMT
    if exists, format == S_IFDIR {
      throw TesseraError(.invalidInput, "cannot write: a folder has this name").inFile(path)
    }
    buffer = .allocate(byteCount: 1 << 18, alignment: 64)
    if exists, format != S_IFREG {
      destination = path
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
    } else {
      destination = exists ? Self.resolvingLinks(path) : path
      descriptor = Self.openNameless(beside: destination)
      isNameless = descriptor >= 0
      if !isNameless {
        let name = Self.temporaryName(beside: destination)
        descriptor = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        if descriptor >= 0 { temporaryPath = name }
      }
    }
    guard descriptor >= 0 else { throw .system(cannot: "write", path: path) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if let temporaryPath { unlink(temporaryPath) }
    buffer.deallocate()
  }

  /// Appends `bytes`.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(TesseraError) {
    if bytes.count > buffer.count - bufferedByteCount { try flush() }
    if bytes.count > buffer.count {
      try writeAll(bytes, atByteOffset: byteCount)
    } else {
      UnsafeMutableRawBufferPointer(rebasing: buffer[bufferedByteCount...]).copyMemory(from: bytes)
      bufferedByteCount += bytes.count
    }
    byteCount += bytes.count
  }

  /// Appends the UTF-8 bytes of `text`.
  package func write(_ text: String) throws(TesseraError) {
    try write(Array(text.utf8))
  }

  /// Appends `bytes`.
  package func write(_ bytes: [UInt8]) throws(TesseraError) {
    try bytes.withUnsafeBufferPointer { (elements) throws(TesseraError) in
      try write(UnsafeRawBufferPointer(elements))
    }
  }

  /// Appends zeros until the next appended byte lies at a multiple of `alignment` bytes.
  package func pad(toMultipleOf alignment: Int) throws(TesseraError) {
    let excess = byteCount % alignment
    guard excess > 0 else { return }
    try write([UInt8](repeating: 0, count: alignment - excess))
  }

  /// Writes `bytes` at a place of the file, inside what was appended or after it; the next appended
  /// byte goes where it would have gone.
  package func write(
    _ bytes: UnsafeRawBufferPointer, atByteOffset byteOffset: Int
  ) throws(TesseraError) {
    try flush()
    try writeAll(bytes, atByteOffset: byteOffset)
  }

  /// Makes the file `byteCount` zero bytes long and lets `fill` write them through a mapping. To be
  /// used instead of the other ways to write.
  ///
  /// - Parameter fill: gets the mapping, and a function that takes a range of its bytes out of the memory of
  ///   this process. They stay in the file, and come back when they are touched again.
  package func fill(
    byteCount: Int,
    _ fill: (UnsafeMutableRawBufferPointer, _ release: (Range<Int>) -> Void) throws(TesseraError)
      -> Void
  ) throws(TesseraError) {
    // Reserving the blocks first turns a full disk into an error instead of a fault on a later store.
    let code = posix_fallocate(descriptor, 0, byteCount)
    guard code == 0 else { throw .system(cannot: "write", path: path, code: code) }
    guard let memory = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
      memory != MAP_FAILED
    else { throw .system(cannot: "map", path: path) }
    defer { munmap(memory, byteCount) }
    let page = sysconf(Int32(_SC_PAGESIZE))
    try fill(UnsafeMutableRawBufferPointer(start: memory, count: byteCount)) { bytes in
      let first = (bytes.lowerBound + page - 1) / page * page
      let end = bytes.upperBound / page * page
      if first < end { madvise(memory + first, end - first, MADV_DONTNEED) }
    }
    self.byteCount = byteCount
  }

  /// Gives the file its name. Nothing can be written after that.
  ///
  /// - Parameter synchronizing: waits until the bytes are on the disk.
  package func commit(synchronizing: Bool = false) throws(TesseraError) {
    try flush()
    if synchronizing, fsync(descriptor) != 0 { throw .system(cannot: "write", path: path) }
    if isNameless {
      let name = Self.temporaryName(beside: destination)
      guard
        linkat(AT_FDCWD, Self.link(to: descriptor), AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0
      else { throw .system(cannot: "write", path: path) }
      temporaryPath = name
    }
    let status = close(descriptor)
    descriptor = -1
    guard status == 0 else { throw .system(cannot: "write", path: path) }
    guard let temporaryPath else { return }
    guard rename(temporaryPath, destination) == 0 else {
      throw .system(cannot: "write", path: path)
    }
    self.temporaryPath = nil
  }

  private func flush() throws(TesseraError) {
    guard bufferedByteCount > 0 else { return }
    let start = byteCount - bufferedByteCount
    let pending = UnsafeRawBufferPointer(rebasing: buffer[..<bufferedByteCount])
    try writeAll(pending, atByteOffset: start)
    bufferedByteCount = 0
  }

  private func writeAll(
    _ bytes: UnsafeRawBufferPointer, atByteOffset byteOffset: Int
  ) throws(TesseraError) {
    var written = 0
    while written < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
      let count = pwrite(descriptor, rest.baseAddress, rest.count, byteOffset + written)
      if count < 0 {
        if errno == EINTR { continue }
        throw .system(cannot: "write", path: path)
      }
      written += count
    }
  }

  private static func resolvingLinks(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// A descriptor of a new file without a name that can be given one; -1 if the file system or the
  /// system does not have that.
  private static func openNameless(beside path: String) -> Int32 {
    let descriptor = open(
      folder(of: path) + ".", nameless | O_DIRECTORY | O_RDWR | O_CLOEXEC, 0o666)
    guard descriptor >= 0, access(link(to: descriptor), F_OK) != 0 else { return descriptor }
    close(descriptor)
    return -1
  }

  /// Linux's `__O_TMPFILE`, which Swift does not import; with `O_DIRECTORY` it makes `O_TMPFILE`.
  private static let nameless: Int32 = 0o20000000

  /// The symbolic link of the kernel to an open file.
  private static func link(to descriptor: Int32) -> String { "/proc/self/fd/\(descriptor)" }

  /// With its slash; empty for the current one.
  private static func folder(of path: String) -> Substring {
    path.lastIndex(of: "/").map { path[...$0] } ?? ""
  }

  private static func temporaryName(beside path: String) -> String {
    folder(of: path) + ".tessera-" + String(UInt64.random(in: 0...UInt64.max), radix: 36) + ".tmp"
  }
}
