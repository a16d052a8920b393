import CMachine

/// What the arithmetic of an instruction set offers.
@usableFromInline
package protocol VectorArithmetic {
  /// `a · b + c`, rounded once or twice.
  static func multiplyAdd(
    _ a: SIMD8<Float>, _ b: SIMD8<Float>, _ c: SIMD8<Float>
  ) -> SIMD8<Float>
  static func multiplyAdd(
    _ a: SIMD16<Float>, _ b: SIMD16<Float>, _ c: SIMD16<Float>
  ) -> SIMD16<Float>
}

/// Arithmetic for CPUs with FMA and F16C instructions. Elsewhere each operation would be a library call a
/// lane.
@usableFromInline
package enum FusedArithmetic: VectorArithmetic {
  /// `a · b + c`, rounded once.
  @inlinable @inline(__always)
  package static func multiplyAdd(
    _ a: SIMD8<Float>, _ b: SIMD8<Float>, _ c: SIMD8<Float>
  ) -> SIMD8<Float> {
    tessera_multiply_add_8(a, b, c)
  }

  /// `a · b + c`, rounded once.
  @inlinable @inline(__always)
  package static func multiplyAdd(
    _ a: SIMD16<Float>, _ b: SIMD16<Float>, _ c: SIMD16<Float>
  ) -> SIMD16<Float> {
    tessera_multiply_add_16(a, b, c)
  }

  /// The values of half-precision numbers, given as their bits.
  @inlinable @inline(__always)
  package static func widened(halves: SIMD8<UInt16>) -> SIMD8<Float> {
    SIMD8<Float>(unsafeBitCast(halves, to: SIMD8<Float16>.self))
  }
}

/// Arithmetic for CPUs without FMA and F16C instructions.
@usableFromInline
package enum SeparateArithmetic: VectorArithmetic {
  /// `a · b + c`, rounded twice.
  @inlinable @inline(__always)
  package static func multiplyAdd(
    _ a: SIMD8<Float>, _ b: SIMD8<Float>, _ c: SIMD8<Float>
  ) -> SIMD8<Float> {
    tessera_sum_8(tessera_product_8(a, b), c)
  }

  /// `a · b + c`, rounded twice.
  @inlinable @inline(__always)
  package static func multiplyAdd(
    _ a: SIMD16<Float>, _ b: SIMD16<Float>, _ c: SIMD16<Float>
  ) -> SIMD16<Float> {
    tessera_sum_16(tessera_product_16(a, b), c)
  }

  /// The values of half-precision numbers, given as their bits.
  ///
  /// Exponent and significand go where a float has them, and 2¹¹² makes up for the different biases, in
  /// subnormal numbers too. What is infinite or NaN gets the exponent that says so.
  @inlinable @inline(__always)
  package static func widened(halves: SIMD8<UInt16>) -> SIMD8<Float> {
    let bits = SIMD8<UInt32>(truncatingIfNeeded: halves)
    let magnitude = unsafeBitCast((bits & 0x7FFF) &<< 13, to: SIMD8<Float>.self) * 0x1p112
    let isSpecial = (bits & 0x7C00) .== 0x7C00
    let exponent = SIMD8<UInt32>.zero.replacing(with: 0x7F80_0000, where: isSpecial)
    let sign = (bits & 0x8000) &<< 16
    return unsafeBitCast(
      unsafeBitCast(magnitude, to: SIMD8<UInt32>.self) | exponent | sign, to: SIMD8<Float>.self)
  }
}

extension SIMD8<Float> {
  /// The same numbers in float64. Swift's own conversion is a call that is not always inlined.
  @inlinable @inline(__always)
  package var doubles: SIMD8<Double> { tessera_doubles_of_8(self) }
}
