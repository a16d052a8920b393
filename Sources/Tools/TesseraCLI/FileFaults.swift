import Platform
import Synchronization
import Tensors

/// What the system tells by a signal of files: each becomes a sentence and exit code 1 instead of the end of
/// the process.
enum FileFaults {
  private static let isReported = Atomic(false)
  private static let byteCount = 4096
  /// Memory for the handler, which must not allocate: a piece of `/proc/self/maps`, and one line of it.
  nonisolated(unsafe) private static let piece = UnsafeMutablePointer<UInt8>.allocate(
    capacity: byteCount)
  nonisolated(unsafe) private static let line = UnsafeMutablePointer<UInt8>.allocate(
    capacity: byteCount)

  /// Lets writes fail that a reader that has gone or the limit of a file's size refuses, and reports a
  /// mapped file that is cut off while it is in use, or whose disk fails.
  static func catchSignals() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    piece.initialize(repeating: 0, count: byteCount)
    line.initialize(repeating: 0, count: byteCount)
    var action = sigaction()
    action.__sigaction_handler.sa_sigaction = { _, info, _ in FileFaults.end(info) }
    action.sa_flags = SA_SIGINFO
    sigaction(SIGBUS, &action, nil)
  }

  /// Runs as the handler of SIGBUS, on the thread that touched the page.
  private static func end(_ info: UnsafeMutablePointer<siginfo_t>?) {
    // Positive codes but that of a wrong alignment are the kernel's word on the page at an address.
    guard let info, info.pointee.si_code > 1, let page = info.pointee._sifields._sigfault.si_addr
    else {
      signal(SIGBUS, SIG_DFL)
      raise(SIGBUS)
      return
    }
    guard !isReported.exchange(true, ordering: .relaxed) else { while true { pause() } }
    if isatty(STDERR_FILENO) == 1 { write("\r\u{1B}[K") }
    write("tessera: ")
    let path = mappedPath(at: UInt(bitPattern: page))
    if path.count > 0 {
      _ = Platform.write(STDERR_FILENO, path.baseAddress, path.count)
    } else {
      write("a mapped file")
    }
    write(": the file was cut off while it was in use, or its disk failed\n")
    _exit(ExitStatus.failed.rawValue)
  }

  private static func write(_ text: StaticString) {
    _ = Platform.write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
  }

  /// The path of the file that is mapped at `address`, in `line`; empty if it is not known.
  private static func mappedPath(at address: UInt) -> UnsafeBufferPointer<UInt8> {
    let descriptor = open("/proc/self/maps", O_RDONLY | O_CLOEXEC)
    var length = 0
    while case let count = read(descriptor, piece, byteCount), count > 0 {
      for index in 0..<count {
        guard piece[index] == UInt8(ascii: "\n") else {
          if length < byteCount { line[length] = piece[index] }
          length += 1
          continue
        }
        let text = UnsafeBufferPointer(start: line, count: min(length, byteCount))
        length = 0
        if let path = path(in: text, at: address) { return path }
      }
    }
    return UnsafeBufferPointer(start: line, count: 0)
  }

  /// - Parameter text: `START-END PERMISSIONS OFFSET DEVICE INODE PATH`, addresses in hexadecimal.
  /// - Returns: nil if the line's range does not hold `address`.
  private static func path(
    in text: UnsafeBufferPointer<UInt8>, at address: UInt
  ) -> UnsafeBufferPointer<UInt8>? {
    var index = 0
    func hexadecimal() -> UInt {
      var value: UInt = 0
      while index < text.count {
        let byte = text[index]
        index += 1
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt(byte & 15)
        case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt((byte & 15) + 9)
        default: return value
        }
      }
      return value
    }
    guard hexadecimal() <= address, address < hexadecimal() else { return nil }
    for _ in 0..<4 {
      while index < text.count, text[index] != UInt8(ascii: " ") { index += 1 }
      while index < text.count, text[index] == UInt8(ascii: " ") { index += 1 }
    }
    for place in index..<text.count where text[place] < 32 || text[place] == 127 {
      line[place] = UInt8(ascii: "?")
    }
    return UnsafeBufferPointer(rebasing: text[index...])
  }
}
