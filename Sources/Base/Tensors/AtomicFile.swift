import Platform

/// Writes a file that appears under its name only when it is complete.
///
/// The bytes go to a file in the same folder that has no name, so that nothing is left of it when the
/// process is killed; `commit` gives it a temporary name and renames that. On file systems without
/// nameless files it has the temporary name from the start, and is removed if the object goes away
/// before. What lay under the name stays until then; its permissions become the new file's. A symbolic link
/// is followed, also one whose target does not exist yet. A device, a pipe or standard output (`-`) cannot be renamed over: it
/// gets the bytes, which lie in a nameless file in `TMPDIR` until then, when all are there.
package final class AtomicFile {
  /// The path as it was given.
  package let path: String
  /// Bytes that `write(_:)` has appended so far: where the next appended byte goes.
  package private(set) var byteCount = 0

  private let place: OutputPlace
  /// The name to rename; nil while the file has none.
  private var temporaryPath: String?
  private var descriptor: Int32 = -1
  private var isCommitted = false
  private let buffer: UnsafeMutableRawBufferPointer
  private var bufferedByteCount = 0

  /// Creates the temporary file beside `path`.
  ///
  /// - Throws: `TesseraError` if the folder does not exist or may not be written, if `path` is a folder or
  ///   protected against writing, or if the current `FileLedger` has it as an input or as another output.
  package init(path: String) throws(TesseraError) {
    self.path = path
    place = try OutputPlace(path)
    try FileLedger.current?.take(place, path: path)
    buffer = .allocate(byteCount: 1 << 18, alignment: 64)
    if place.isFile {
      try open(beside: place.path)
      if case .file(_, let permissions) = place.content { fchmod(descriptor, permissions) }
    } else {
      try open(beside: Self.temporaryFolder)
      removeTemporaryName()
    }
  }

  private func removeTemporaryName() {
    guard let path = temporaryPath else { return }
    unlink(path)
    UnfinishedNames.remove(path)
    temporaryPath = nil
  }

  private func open(beside neighbour: String) throws(TesseraError) {
    descriptor = Self.openNameless(beside: neighbour)
    if descriptor < 0 {
      let name = Self.temporaryName(beside: neighbour)
      UnfinishedNames.insert(name)
      descriptor = Platform.open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else {
        let code = errno
        UnfinishedNames.remove(name)
        throw .system(cannot: "write", path: path, code: code)
      }
      temporaryPath = name
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    removeTemporaryName()
    if !isCommitted { FileLedger.current?.release(place) }
    buffer.deallocate()
  }

  /// Appends `bytes`.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(TesseraError) {
    if bytes.count > buffer.count - bufferedByteCount { try flush() }
    if bytes.count > buffer.count {
      try write(bytes, from: byteCount)
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
    try write(bytes, from: byteOffset)
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
  /// - Throws: `TesseraError` also if an input of the current `FileLedger` has the name by now.
  package func commit(synchronizing: Bool = false) throws(TesseraError) {
    try flush()
    try UnfinishedNames.committing { () throws(TesseraError) in
      try takeName(synchronizing: synchronizing)
    }
  }

  /// Gives all files their names and calls `finish`, which an interruption does not part.
  package static func commit(
    _ files: [AtomicFile], then finish: () throws(TesseraError) -> Void = {}
  ) throws(TesseraError) {
    for file in files { try file.flush() }
    try UnfinishedNames.committing { () throws(TesseraError) in
      for file in files { try file.takeName(synchronizing: false) }
      try finish()
    }
  }

  private func takeName(synchronizing: Bool) throws(TesseraError) {
    guard place.isFile else { return try copyToStream() }
    if synchronizing, fsync(descriptor) != 0 { throw .system(cannot: "write", path: path) }
    let current = try OutputPlace(place.path)
    try FileLedger.current?.requireNoInput(at: current, path: path)
    if temporaryPath == nil { try link(isFirst: current.content.isNothing) }
    let status = close(descriptor)
    descriptor = -1
    guard status == 0 else { throw .system(cannot: "write", path: path) }
    if let temporaryPath {
      guard rename(temporaryPath, place.path) == 0 else {
        throw .system(cannot: "write", path: path)
      }
      UnfinishedNames.remove(temporaryPath)
    }
    temporaryPath = nil
    isCommitted = true
    FileLedger.current?.forgetContent(of: current)
  }

  /// Gives the nameless file its own name where that is free, else a temporary one.
  private func link(isFirst: Bool) throws(TesseraError) {
    func link(as name: String) -> Bool {
      linkat(AT_FDCWD, Self.link(to: descriptor), AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0
    }
    if isFirst, link(as: place.path) { return }
    let name = Self.temporaryName(beside: place.path)
    UnfinishedNames.insert(name)
    temporaryPath = name
    guard link(as: name) else { throw .system(cannot: "write", path: path) }
  }

  private func copyToStream() throws(TesseraError) {
    // Opening a pipe waits for its reader.
    let stream =
      place.path == "-" ? dup(STDOUT_FILENO) : Platform.open(place.path, O_WRONLY | O_CLOEXEC)
    guard stream >= 0 else { throw .system(cannot: "write", path: path) }
    defer { close(stream) }
    var byteOffset = 0
    while true {
      let count = pread(descriptor, buffer.baseAddress, buffer.count, byteOffset)
      guard count >= 0 else { throw .system(cannot: "read what was written", path: path) }
      if count == 0 { break }
      try writeAll(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { rest, _ in
        Platform.write(stream, rest.baseAddress, rest.count)
      }
      byteOffset += count
    }
    isCommitted = true
  }

  /// Hands everything over to the system, which may refuse it: after that `commit` seldom fails.
  package func flush() throws(TesseraError) {
    guard bufferedByteCount > 0 else { return }
    let start = byteCount - bufferedByteCount
    let pending = UnsafeRawBufferPointer(rebasing: buffer[..<bufferedByteCount])
    try write(pending, from: start)
    bufferedByteCount = 0
  }

  private func write(
    _ bytes: UnsafeRawBufferPointer, from byteOffset: Int
  ) throws(TesseraError) {
    try writeAll(bytes) { rest, written in
      pwrite(descriptor, rest.baseAddress, rest.count, byteOffset + written)
    }
  }

  /// - Parameter write: takes what is left and how many bytes were written, and calls the system.
  private func writeAll(
    _ bytes: UnsafeRawBufferPointer, by write: (UnsafeRawBufferPointer, Int) -> Int
  ) throws(TesseraError) {
    var written = 0
    while written < bytes.count {
      let count = write(UnsafeRawBufferPointer(rebasing: bytes[written...]), written)
      if count < 0 {
        if errno == EINTR { continue }
        if errno == EFAULT {
          throw TesseraError(
            .invalidInput, "cannot write: a file that is read was cut off while it was in use"
          ).inFile(path)
        }
        throw .system(cannot: "write", path: path)
      }
      written += count
    }
  }

  /// A descriptor of a new file without a name that can be given one; -1 if the file system or the
  /// system does not have that.
  private static func openNameless(beside path: String) -> Int32 {
    let descriptor = Platform.open(
      OutputPlace.folder(of: path) + ".", nameless | O_DIRECTORY | O_RDWR | O_CLOEXEC, 0o666)
    guard descriptor >= 0, access(link(to: descriptor), F_OK) != 0 else { return descriptor }
    close(descriptor)
    return -1
  }

  /// Linux's `__O_TMPFILE`, which Swift does not import; with `O_DIRECTORY` it makes `O_TMPFILE`.
  private static let nameless: Int32 = 0o20000000

  /// The symbolic link of the kernel to an open file.
  private static func link(to descriptor: Int32) -> String { "/proc/self/fd/\(descriptor)" }

  private static var temporaryFolder: String {
    (getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp") + "/"
  }

  private static func temporaryName(beside path: String) -> String {
    OutputPlace.folder(of: path) + ".tessera-"
      + String(UInt64.random(in: 0...UInt64.max), radix: 36) + ".tmp"
  }
}
