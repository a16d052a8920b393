/// The maximum, lane by lane: NaN where either is NaN, `a` where they are equal, as zeros of both signs are.
///
/// Three instructions a vector on x86, whose own maximum gives its second operand where either is NaN.
@inlinable @inline(__always)
package func maximum(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> {
  let larger = unsafeBitCast(a.replacing(with: b, where: b .> a), to: SIMD8<UInt32>.self)
  let notANumber = SIMD8<UInt32>.zero.replacing(with: .max, where: b .!= b)
  return unsafeBitCast(larger | notANumber, to: SIMD8<Float>.self)
}

/// The same for single numbers.
@inlinable @inline(__always)
package func maximum(_ a: Float, _ b: Float) -> Float { b > a || b.isNaN ? b : a }
