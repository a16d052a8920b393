import Synchronization

/// Immutable bytes that tensors share: memory of our own, 64-byte aligned, or memory of another
/// owner (a mapped file, a decoded message) that is kept alive for as long as this object lives.
public final class TensorStorage: @unchecked Sendable {
  /// How many bytes there are.
  package let byteCount: Int
  private let content: UnsafeRawBufferPointer
  private let owner: AnyObject
  /// What makes the bytes, until it has.
  private let generate: Mutex<(@Sendable () -> Void)?>
  private let isGenerated: Atomic<Bool>

  /// All bytes. Valid while this object lives.
  package var bytes: UnsafeRawBufferPointer {
    if !isGenerated.load(ordering: .acquiring) {
      generate.withLock { generate in
        generate?()
        generate = nil
        isGenerated.store(true, ordering: .releasing)
      }
    }
    return content
  }

  /// Allocates `byteCount` zeroed bytes and lets `initialize` fill them.
  ///
  /// - Throws: `TesseraError` if memory is refused, or what `initialize` throws.
  package convenience init(
    byteCount: Int,
    initialize: (UnsafeMutableRawBufferPointer) throws(TesseraError) -> Void
  ) throws(TesseraError) {
    let memory = try ZeroedMemory(byteCount: byteCount)
    try initialize(memory.bytes)
    self.init(borrowing: UnsafeRawBufferPointer(memory.bytes), from: memory)
  }

  /// Allocates `byteCount` zeroed bytes, which `generate` fills when they are first read.
  ///
  /// - Throws: `TesseraError` if memory is refused.
  package static func filledOnFirstRead(
    byteCount: Int, _ generate: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Void
  ) throws(TesseraError) -> TensorStorage {
    let memory = try ZeroedMemory(byteCount: byteCount)
    return TensorStorage(UnsafeRawBufferPointer(memory.bytes), owner: memory) {
      generate(memory.bytes)
    }
  }

  /// Refers to bytes of `owner`, which keeps them valid and unchanged while it lives.
  package convenience init(borrowing bytes: UnsafeRawBufferPointer, from owner: AnyObject) {
    self.init(bytes, owner: owner, generate: nil)
  }

  private init(
    _ content: UnsafeRawBufferPointer, owner: AnyObject, generate: (@Sendable () -> Void)?
  ) {
    byteCount = content.count
    self.content = content
    self.owner = owner
    self.generate = Mutex(generate)
    isGenerated = Atomic(generate == nil)
  }
}
