/// Multiply-adds for CPUs with FMA instructions. Elsewhere each would be a library call a lane.
@usableFromInline
package enum FusedArithmetic {
  /// `a · b + c`, rounded once.
  @inlinable @inline(__always)
  package static func multiplyAdd(
    _ a: SIMD8<Float>, _ b: SIMD8<Float>, _ c: SIMD8<Float>
  ) -> SIMD8<Float> {
    c.addingProduct(a, b)
  }
}

/// Multiply-adds for CPUs without FMA instructions.
@usableFromInline
package enum SeparateArithmetic {
  /// `a · b + c`, rounded twice.
  @inlinable @inline(__always)
  package static func multiplyAdd(
    _ a: SIMD8<Float>, _ b: SIMD8<Float>, _ c: SIMD8<Float>
  ) -> SIMD8<Float> {
    a * b + c
  }
}
