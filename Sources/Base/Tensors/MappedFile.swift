import Platform

/// A whole file, mapped read-only; or what a pipe without a name gives, in memory. The pages are read on first use; the file must not be changed while
/// this object lives. If it shrinks, or its disk fails, reading `bytes` raises SIGBUS. A file may be replaced
/// by another of its name: the bytes stay those of the file that was opened.
package final class MappedFile: Sendable {
  /// The path that the file was opened by.
  package let path: String
  /// All bytes of the file, 64-byte aligned. Valid while this object lives.
  nonisolated(unsafe) package let bytes: UnsafeRawBufferPointer
  /// Nil for what came through a pipe.
  private let version: FileVersion?
  private let pipeContent: ZeroedMemory?

  /// Whether the bytes came through a pipe or from standard input: they alone tell what they are.
  package var isPipe: Bool { pipeContent != nil || Self.standardInput.contains(path) }

  /// The names of standard input.
  private static let standardInput = ["-", "/dev/stdin"]

  /// Maps the regular file at `path`; `-` is standard input.
  ///
  /// - Parameter forUpdate: the caller has entered it in the `FileLedger` as a file that it writes over.
  /// - Throws: `TesseraError` naming the file if it cannot be opened or mapped, is not a regular
  ///   file (a directory, a pipe, a device), is empty, or is an output of the current `FileLedger`.
  package convenience init(path: String, forUpdate: Bool = false) throws(TesseraError) {
    try self.init(path: path, forUpdate: forUpdate, maximumTextByteCount: nil, kind: nil)
  }

  /// Maps the text file at `path`, which must not take more bytes than that.
  ///
  /// - Parameter kind: what the text is; files that are known to be something else are refused.
  package convenience init(
    textPath path: String, maximumByteCount: Int, as kind: ExpectedFile? = nil,
    forUpdate: Bool = false
  ) throws(TesseraError) {
    try self.init(
      path: path, forUpdate: forUpdate, maximumTextByteCount: maximumByteCount, kind: kind)
  }

  private init(
    path: String, forUpdate: Bool, maximumTextByteCount: Int?, kind: ExpectedFile?
  ) throws(TesseraError) {
    // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    let descriptor =
      Self.standardInput.contains(path)
      ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .system(cannot: "open the file", path: path) }
    defer { close(descriptor) }

    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .system(cannot: "read the file's size", path: path)
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR:
      let isSavedModel = access("\(path)/saved_model.pb", F_OK) == 0
      throw TesseraError(
        .invalidInput,
        isSavedModel
          ? "expected a file, found a TensorFlow SavedModel: \(tensorFlow(.model))"
          : "expected a file, found a directory"
      ).inFile(path)
    case S_IFIFO
    where Self.standardInput.contains(path) || PipeContent.isNameless(descriptor):
      break
    default:
      throw TesseraError(.invalidInput, "expected a regular file, found a named pipe or a device")
        .inFile(path)
    }
    let isPipe = status.st_mode & S_IFMT == S_IFIFO
    pipeContent = isPipe ? try PipeContent.read(descriptor, status, path: path) : nil
    let byteCount = pipeContent?.bytes.count ?? Int(status.st_size)
    guard byteCount > 0 else {
      throw TesseraError(.invalidInput, "the file is empty").inFile(path)
    }
    if !forUpdate { try FileLedger.current?.enterInput(FileIdentity(status), path: path) }
    self.path = path
    if let pipeContent {
      version = nil
      bytes = UnsafeRawBufferPointer(pipeContent.bytes)
    } else {
      bytes = try Self.map(descriptor, byteCount, path: path)
      version = FileVersion(status)
    }
    do throws(TesseraError) {
      try kind?.require(bytes)
      if let maximumTextByteCount {
        try TextFileLimit.check(byteCount, maximum: maximumTextByteCount)
      }
    } catch { throw error.inFile(path) }
  }

  private static func map(
    _ descriptor: Int32, _ byteCount: Int, path: String
  ) throws(TesseraError) -> UnsafeRawBufferPointer {
    guard let address = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0),
      address != MAP_FAILED
    else { throw .system(cannot: "map the file", path: path) }
    return UnsafeRawBufferPointer(start: address, count: byteCount)
  }

  /// Finds out whether the file was changed where it lies, by its size and its time stamp.
  ///
  /// - Throws: `TesseraError` if it was. A file that was replaced or removed is none of them.
  package func requireUnchanged() throws(TesseraError) {
    var status = stat()
    guard let version, stat(path, &status) == 0 else { return }
    let found = FileVersion(status)
    guard found.identity == version.identity, found != version else { return }
    throw TesseraError(
      .invalidInput,
      found.byteCount == version.byteCount
        ? "the file was changed after it was opened: open it again"
        : "the file was changed after it was opened: expected \(version.byteCount) bytes, found "
          + "\(found.byteCount)"
    ).inFile(path)
  }

  deinit {
    guard pipeContent == nil else { return }
    munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
  }
}

/// What tells a file from the same file after a change.
private struct FileVersion: Equatable, Sendable {
  let identity: FileIdentity
  let byteCount: Int
  private let modificationSeconds: Int
  private let modificationNanoseconds: Int

  init(_ status: stat) {
    identity = FileIdentity(status)
    byteCount = Int(status.st_size)
    modificationSeconds = Int(status.st_mtim.tv_sec)
    modificationNanoseconds = Int(status.st_mtim.tv_nsec)
  }
}
