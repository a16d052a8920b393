import Platform

/// Bytes that grow at the end. Where memory is refused, growing throws; an array would end the process.
package final class ByteBuffer {
  /// All bytes, until the next change.
  package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory, count: count) }
  package private(set) var count = 0
  private var memory: UnsafeMutableRawPointer?
  private var capacity = 0

  package init() {}

  deinit { free(memory) }

  /// Appends `source`.
  package func append(_ source: UnsafeRawBufferPointer) throws(TesseraError) {
    guard let start = source.baseAddress, !source.isEmpty else { return }
    try reserve(source.count)
    memory?.advanced(by: count).copyMemory(from: start, byteCount: source.count)
    count += source.count
  }

  /// Appends an element's bytes.
  package func append<Element: BitwiseCopyable>(element: Element) throws(TesseraError) {
    try reserve(MemoryLayout<Element>.size)
    memory?.storeBytes(of: element, toByteOffset: count, as: Element.self)
    count += MemoryLayout<Element>.size
  }

  /// Replaces a byte, which must be there.
  package func replace(_ byte: UInt8, at index: Int) {
    precondition(index >= 0 && index < count)
    memory?.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
  }

  private func reserve(_ byteCount: Int) throws(TesseraError) {
    guard byteCount > capacity - count else { return }
    let grown = max(count + byteCount, capacity + capacity / 2, 64)
    try ProcessMemory.check(grown)
    guard let larger = realloc(memory, grown) else { throw .refusedMemory(grown) }
    memory = larger
    capacity = grown
  }
}
