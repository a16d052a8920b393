import Tensors

/// Strings as C reads them, each ended by a zero byte, where they stay while this object lives.
final class CStrings: @unchecked Sendable {
  private let memory: ZeroedMemory
  /// In the order in which they were given.
  let pointers: [UnsafePointer<CChar>]

  /// - Throws: `TesseraError` if memory is refused.
  init(_ strings: [String]) throws(TesseraError) {
    memory = try ZeroedMemory(byteCount: strings.reduce(0) { $0 + $1.utf8.count + 1 })
    var rest = memory.bytes[...]
    var pointers: [UnsafePointer<CChar>] = []
    for string in strings {
      let room = UnsafeMutableRawBufferPointer(rebasing: rest)
      room.copyBytes(from: string.utf8)
      rest = rest.dropFirst(string.utf8.count + 1)
      if let start = room.baseAddress {
        pointers.append(UnsafePointer(start.assumingMemoryBound(to: CChar.self)))
      }
    }
    self.pointers = pointers
  }
}
