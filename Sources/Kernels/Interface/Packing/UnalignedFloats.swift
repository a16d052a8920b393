/// Floats at any address: constants may lie anywhere in a mapped model file.
struct UnalignedFloats {
  private let base: UnsafeRawPointer

  init(_ base: UnsafeRawPointer) { self.base = base }

  @inline(__always)
  subscript(index: Int) -> Float {
    base.loadUnaligned(fromByteOffset: index * MemoryLayout<Float>.stride, as: Float.self)
  }

  static func + (floats: UnalignedFloats, count: Int) -> UnalignedFloats {
    UnalignedFloats(floats.base + count * MemoryLayout<Float>.stride)
  }
}
