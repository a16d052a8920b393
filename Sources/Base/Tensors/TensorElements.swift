/// The elements of a tensor, read where they lie.
package struct TensorElements<Scalar: TensorScalar>: RandomAccessCollection, Sendable {
  private let storage: TensorStorage
  private nonisolated(unsafe) let start: UnsafeRawPointer?
  package let endIndex: Int

  /// The caller sees to it that `count` elements lie in `storage` from `byteOffset` on.
  init(storage: TensorStorage, byteOffset: Int, count: Int) {
    self.storage = storage
    start = storage.bytes.baseAddress.map { $0 + byteOffset }
    endIndex = count
  }

  package var startIndex: Int { 0 }

  package subscript(index: Int) -> Scalar {
    let bytes = UnsafeRawBufferPointer(start: start, count: endIndex * MemoryLayout<Scalar>.size)
    return bytes.loadUnaligned(
      fromByteOffset: index * MemoryLayout<Scalar>.size, as: Scalar.self)
  }
}
