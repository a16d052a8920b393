/// Immutable bytes that tensors share: memory of our own, 64-byte aligned, or memory of another
/// owner (a mapped file, a decoded message) that is kept alive for as long as this object lives.
public final class TensorStorage: @unchecked Sendable {
  /// All bytes. Valid while this object lives.
  package let bytes: UnsafeRawBufferPointer
  private let owner: AnyObject?

  /// Alignment in bytes of the memory that this type allocates.
  package static let alignment = 64

  /// Allocates `byteCount` zeroed bytes and lets `initialize` fill them.
  package init<Failure: Error>(
    byteCount: Int, initialize: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(byteCount, 1), alignment: Self.alignment)
    _ = memory.initializeMemory(as: UInt8.self, repeating: 0)
    do {
      try initialize(UnsafeMutableRawBufferPointer(rebasing: memory[0..<byteCount]))
    } catch {
      memory.deallocate()
      throw error
    }
    bytes = UnsafeRawBufferPointer(rebasing: memory[0..<byteCount])
    owner = nil
  }

  /// Refers to bytes of `owner`, which keeps them valid and unchanged while it lives.
  package init(borrowing bytes: UnsafeRawBufferPointer, from owner: AnyObject) {
    self.bytes = bytes
    self.owner = owner
  }

  deinit {
    if owner == nil { bytes.deallocate() }
  }
}
