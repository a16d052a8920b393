import Platform
import Tensors

/// A file that grows at its end and keeps what was appended when the process is killed. One process at
/// a time may have it open.
final class AppendedFile {
  enum Opening {
    /// A new file; nothing may have its name.
    case new
    /// A new file or an old one emptied.
    case emptied
    /// A file that is there.
    case existing
  }

  let path: String
  private(set) var byteCount = 0
  private let descriptor: Int32

  /// - Throws: `TesseraError` if the file cannot be opened, is no regular file, is written by another
  ///   process, or is another file of the current `FileLedger`.
  init(path: String, _ opening: Opening) throws(TesseraError) {
    self.path = path
    let flags =
      switch opening {
      case .new: O_CREAT | O_EXCL
      case .emptied: O_CREAT
      case .existing: Int32(0)
      }
    try FileLedger.current?.enterOutput(path, .update)
    descriptor = open(path, O_RDWR | O_APPEND | O_CLOEXEC | O_NONBLOCK | flags, 0o666)
    guard descriptor >= 0 else { throw .system(cannot: "write", path: path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(cannot: "write", path: path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw TesseraError(.invalidInput, "expected a regular file").inFile(path)
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw TesseraError(.systemFailure, "another process is writing the file").inFile(path)
    }
    byteCount = Int(status.st_size)
    if opening == .emptied { try truncate(toByteCount: 0) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Appends the bytes of all elements.
  func append<Element: BitwiseCopyable>(_ elements: [Element]) throws(TesseraError) {
    try elements.withUnsafeBufferPointer { (elements) throws(TesseraError) in
      try append(UnsafeRawBufferPointer(elements))
    }
  }

  private func append(_ bytes: UnsafeRawBufferPointer) throws(TesseraError) {
    var written = 0
    while written < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
      let count = write(descriptor, rest.baseAddress, rest.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw .system(cannot: "write", path: path)
      }
      written += count
    }
    byteCount += bytes.count
  }

  /// Drops what lies behind the first `count` bytes.
  func truncate(toByteCount count: Int) throws(TesseraError) {
    guard ftruncate(descriptor, count) == 0 else { throw .system(cannot: "write", path: path) }
    byteCount = count
  }

  /// Removes the file's name.
  func remove() throws(TesseraError) {
    guard unlink(path) == 0 else { throw .system(cannot: "remove", path: path) }
  }
}
