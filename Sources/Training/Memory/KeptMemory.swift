import Tensors
import TesseraRuntime

/// Tensors in memory that is kept between runs.
final class KeptMemory {
  let layout: KeptLayout
  private let arena: Arena

  /// Zeros.
  ///
  /// - Throws: `TesseraError` if memory is refused.
  init(_ layout: KeptLayout) throws(TesseraError) {
    self.layout = layout
    arena = try Arena(byteCount: layout.byteCount)
  }

  var bytes: UnsafeMutableRawBufferPointer { arena.bytes }

  /// The elements of an entry.
  func elements(_ entry: KeptLayout.Entry) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableRawBufferPointer(
      rebasing: bytes[entry.byteOffset..<entry.byteOffset + entry.byteCount]
    ).bindMemory(to: Float.self)
  }

  /// A copy of an entry.
  func tensor(_ entry: KeptLayout.Entry) throws(TesseraError) -> Tensor {
    try Tensor(elementType: .float32, shape: entry.shape) { target in
      target.copyMemory(from: UnsafeRawBufferPointer(elements(entry)))
    }
  }

  /// An entry where it lies: what reads the tensor later sees later values.
  func view(_ entry: KeptLayout.Entry) -> Tensor? {
    Tensor(
      elementType: .float32, shape: entry.shape,
      storage: TensorStorage(borrowing: UnsafeRawBufferPointer(bytes), from: arena),
      byteOffset: entry.byteOffset)
  }

  /// Puts a float32 tensor of the entry's shape in its place.
  func set(_ entry: KeptLayout.Entry, to tensor: Tensor) {
    tensor.withUnsafeBytes { UnsafeMutableRawBufferPointer(elements(entry)).copyMemory(from: $0) }
  }
}
