/// Floats at any address: constants may lie anywhere in a mapped model file.
@usableFromInline
package struct UnalignedFloats {
  @usableFromInline let base: UnsafeRawPointer

  @inlinable @inline(__always)
  package init(_ base: UnsafeRawPointer) { self.base = base }

  @inlinable @inline(__always)
  package subscript(index: Int) -> Float {
    base.loadUnaligned(fromByteOffset: index * MemoryLayout<Float>.stride, as: Float.self)
  }

  /// 8 floats from `index` on.
  @inline(__always)
  func vector(at index: Int) -> SIMD8<Float> {
    base.loadUnaligned(
      fromByteOffset: index * MemoryLayout<Float>.stride, as: SIMD8<Float>.self)
  }

  @inlinable @inline(__always)
  package static func + (floats: UnalignedFloats, count: Int) -> UnalignedFloats {
    UnalignedFloats(floats.base + count * MemoryLayout<Float>.stride)
  }
}
