import COnnxProto

/// Memory for the messages that an encoder builds: all of it is freed with the arena.
final class ProtoArena {
  private var blocks: [UnsafeMutableRawPointer] = []

  deinit {
    for block in blocks { block.deallocate() }
  }

  /// A message, filled by `initialize`.
  func message<Message: BitwiseCopyable>(
    _ empty: Message, _ initialize: (inout Message) -> Void
  ) -> UnsafeMutablePointer<Message> {
    var message = empty
    initialize(&message)
    return array([message])
  }

  func array<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
    let pointer = UnsafeMutablePointer<Element>.allocate(capacity: max(1, elements.count))
    pointer.initialize(from: elements, count: elements.count)
    blocks.append(UnsafeMutableRawPointer(pointer))
    return pointer
  }

  /// The text as a C string.
  func string(_ text: String) -> UnsafeMutablePointer<CChar> {
    array(Array(text.utf8CString))
  }

  func strings(_ texts: [String]) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> {
    array(texts.map { string($0) })
  }

  /// The text's UTF-8 bytes.
  func data(_ text: String) -> ProtobufCBinaryData {
    let bytes = Array(text.utf8)
    return ProtobufCBinaryData(len: bytes.count, data: array(bytes))
  }
}
