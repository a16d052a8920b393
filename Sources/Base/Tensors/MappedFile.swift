import Glibc

/// A whole file, mapped read-only. The pages are read on first use; the file must not shrink while
/// this object lives.
package final class MappedFile: Sendable {
  /// The path that the file was opened by.
  package let path: String
  /// All bytes of the file, page-aligned. Valid while this object lives.
  nonisolated(unsafe) package let bytes: UnsafeRawBufferPointer

  /// Maps the regular file at `path`.
  ///
  /// - Throws: `TesseraError` naming the file if it cannot be opened or mapped, is not a regular
  ///   file (a directory, a pipe, a device), or is empty.
  package init(path: String) throws(TesseraError) {
    // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .system(cannot: "open the file", path: path) }
    defer { close(descriptor) }

    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .system(cannot: "read the file's size", path: path)
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR:
      throw TesseraError(.invalidInput, "expected a file, found a directory").inFile(path)
    default:
      throw TesseraError(.invalidInput, "expected a regular file, found a pipe or a device")
        .inFile(path)
    }
    guard status.st_size > 0 else {
      throw TesseraError(.invalidInput, "the file is empty").inFile(path)
    }
    let byteCount = Int(status.st_size)
    guard let address = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0),
      address != MAP_FAILED
    else { throw .system(cannot: "map the file", path: path) }

    self.path = path
    bytes = UnsafeRawBufferPointer(start: address, count: byteCount)
  }

  deinit {
    munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
  }
}
