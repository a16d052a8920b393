import Platform
import Synchronization

/// What came through a pipe, read once to its end and kept, so that the pipe can be opened again and again as a
/// file can.
enum PipeContent {
  private struct Content: Sendable {
    let memory: ZeroedMemory
    /// Kept open, so that no other pipe gets the identity.
    let descriptor: Int32
  }

  private static let known = Mutex<[FileIdentity: Content]>([:])

  /// True for a pipe without a name, as shells make them. One with a name may wait for ever for a writer.
  static func isNameless(_ descriptor: Int32) -> Bool {
    OutputPlace.linkTarget("/proc/self/fd/\(descriptor)")?.hasPrefix("pipe:") == true
  }

  /// The bytes until the writers close the pipe, 64-byte aligned.
  ///
  /// - Throws: `TesseraError` if reading fails or memory is refused.
  static func read(_ descriptor: Int32, _ status: stat, path: String) throws(TesseraError)
    -> ZeroedMemory
  {
    let identity = FileIdentity(status)
    if let content = known.withLock({ $0[identity] }) { return content.memory }
    let buffer = ByteBuffer()
    let chunk = try ZeroedMemory(byteCount: 1 << 16)
    while true {
      var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&state, 1, -1) >= 0 || errno == EINTR else {
        throw .system(cannot: "read the pipe", path: path)
      }
      let count = Platform.read(descriptor, chunk.bytes.baseAddress, chunk.bytes.count)
      if count == 0 { break }
      guard count > 0 else {
        if errno == EINTR || errno == EAGAIN { continue }
        throw .system(cannot: "read the pipe", path: path)
      }
      try buffer.append(
        UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(chunk.bytes)[..<count]))
    }
    let memory = try ZeroedMemory(byteCount: buffer.count)
    memory.bytes.copyMemory(from: buffer.bytes)
    known.withLock { $0[identity] = Content(memory: memory, descriptor: dup(descriptor)) }
    return memory
  }
}
