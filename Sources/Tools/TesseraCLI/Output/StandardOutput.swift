import Platform
import Synchronization
import Tensors
import Tessera

/// The process's standard output, buffered; or standard error, where a file goes to standard output. When the
/// reader has gone, the rest is dropped silently.
final class StandardOutput {
  private static let descriptor = Atomic(STDOUT_FILENO)

  /// Called before the text is written: a file takes standard output.
  static func leaveToFiles() { descriptor.store(STDERR_FILENO, ordering: .relaxed) }

  private static let isMuted = Atomic(false)

  /// Lets nothing be printed from now on: another process says it.
  static func mute() { isMuted.store(true, ordering: .relaxed) }

  private var buffer: [UInt8] = []
  private var isClosed = false

  /// Appends `text`.
  ///
  /// - Throws: `TesseraError` if the system refuses the bytes, as a full disk does.
  func write(_ text: String) throws(TesseraError) {
    guard !Self.isMuted.load(ordering: .relaxed) else { return }
    buffer += text.utf8
    if buffer.count >= 1 << 16 { try flush() }
  }

  /// Appends `text` and the end of the line.
  func writeLine(_ text: String = "") throws(TesseraError) {
    try write(text + "\n")
  }

  /// Appends `value` and the end of the line.
  func write(_ value: JSONValue) throws(TesseraError) {
    try write(value.text + "\n")
  }

  /// Hands everything over to the system.
  func flush() throws(TesseraError) {
    defer { buffer.removeAll() }
    var written = 0
    while written < buffer.count, !isClosed {
      let count = buffer.withUnsafeBytes { bytes in
        Platform.write(
          Self.descriptor.load(ordering: .relaxed), bytes[written...].baseAddressOfSlice,
          bytes.count - written)
      }
      if count >= 0 {
        written += count
      } else if errno == EPIPE {
        isClosed = true
      } else if errno != EINTR {
        let code = errno
        isClosed = true
        throw .system(cannot: "write", path: "standard output", code: code)
      }
    }
  }
}

extension Slice<UnsafeRawBufferPointer> {
  fileprivate var baseAddressOfSlice: UnsafeRawPointer? {
    UnsafeRawBufferPointer(rebasing: self).baseAddress
  }
}
