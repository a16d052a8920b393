// These helpers are inlinable from a module of their own, since without whole-module optimisation,
// as in a debug build, the compiler inlines nothing across the files of one module.

extension UnsafePointer<Float> {
  /// The 8 floats from `offset` on, at any alignment.
  @inlinable @inline(__always)
  package func vector(at offset: Int) -> SIMD8<Float> {
    UnsafeRawPointer(self + offset).loadUnaligned(as: SIMD8<Float>.self)
  }
}

extension UnsafeMutablePointer<Float> {
  /// The 8 floats from `offset` on, at any alignment.
  @inlinable @inline(__always)
  package func vector(at offset: Int) -> SIMD8<Float> { UnsafePointer(self).vector(at: offset) }

  @inlinable @inline(__always)
  package func store(_ vector: SIMD8<Float>, at offset: Int) {
    UnsafeMutableRawPointer(self + offset).storeBytes(of: vector, as: SIMD8<Float>.self)
  }

  @inlinable
  package func fillZero(count: Int) { update(repeating: 0, count: count) }
}
