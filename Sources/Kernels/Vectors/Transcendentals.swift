/// Elementary functions of vectors by polynomials, without tables. `Tests/Kernels` measures their errors
/// over all of float32 that matters, against Float64.
@usableFromInline
package enum Transcendentals<Arithmetic: VectorArithmetic> {
  /// `eˣ`. With `n = round(x / ln 2)`, `eˣ = 2ⁿ · e^(x − n ln 2)`; the second factor is a polynomial of
  /// degree 6 (Cephes' `expf`, Moshier 1984), the first is multiplied in two steps so that subnormal
  /// results are rounded once.
  @inlinable @inline(__always)
  package static func exponential(_ x: SIMD8<Float>) -> SIMD8<Float> {
    // Beyond these the result is 0 or infinite whatever x is. NaN stays.
    let bounded = x.replacing(with: -110, where: x .< -110).replacing(with: 100, where: x .> 100)
    // Adding 1.5 · 2²³ rounds to an integer, which then is the sum's low bits.
    let shift = SIMD8<Float>(repeating: 0x1.8p23)
    let shifted = Arithmetic.multiplyAdd(bounded, SIMD8(repeating: 1.442_695_04), shift)
    let n = shifted - shift
    // ln 2 in two parts, the first of few bits, so that n times it is exact.
    var r = Arithmetic.multiplyAdd(n, SIMD8(repeating: -0.693_359_375), bounded)
    r = Arithmetic.multiplyAdd(n, SIMD8(repeating: 2.121_944_4e-4), r)
    var p = SIMD8<Float>(repeating: 1.987_569_15e-4)
    p = Arithmetic.multiplyAdd(p, r, SIMD8(repeating: 1.398_199_95e-3))
    p = Arithmetic.multiplyAdd(p, r, SIMD8(repeating: 8.333_451_9e-3))
    p = Arithmetic.multiplyAdd(p, r, SIMD8(repeating: 4.166_579_6e-2))
    p = Arithmetic.multiplyAdd(p, r, SIMD8(repeating: 1.666_666_55e-1))
    p = Arithmetic.multiplyAdd(p, r, SIMD8(repeating: 5.000_000_1e-1))
    p = Arithmetic.multiplyAdd(p, r * r, r) + 1
    let exponent =
      unsafeBitCast(shifted, to: SIMD8<Int32>.self) &- unsafeBitCast(shift, to: SIMD8<Int32>.self)
    let half = exponent &>> 1
    return (p * powerOfTwo(half) * powerOfTwo(exponent &- half))
      .replacing(with: x, where: x .!= x)
  }

  /// `1 / (1 + e⁻ˣ)`.
  @inlinable @inline(__always)
  package static func sigmoid(_ x: SIMD8<Float>) -> SIMD8<Float> {
    1 / (1 + exponential(-x))
  }

  /// `tanh x`: an odd polynomial up to 0.625 (Cephes' `tanhf`), `1 − 2 / (e^2|x| + 1)` with the sign of x
  /// beyond.
  @inlinable @inline(__always)
  package static func hyperbolicTangent(_ x: SIMD8<Float>) -> SIMD8<Float> {
    let magnitude = x.replacing(with: -x, where: x .< 0)
    let square = x * x
    var p = SIMD8<Float>(repeating: -5.704_988_7e-3)
    p = Arithmetic.multiplyAdd(p, square, SIMD8(repeating: 2.063_908_88e-2))
    p = Arithmetic.multiplyAdd(p, square, SIMD8(repeating: -5.373_971_55e-2))
    p = Arithmetic.multiplyAdd(p, square, SIMD8(repeating: 1.333_144_22e-1))
    p = Arithmetic.multiplyAdd(p, square, SIMD8(repeating: -3.333_323_3e-1))
    let near = Arithmetic.multiplyAdd(p * square, x, x)
    let far = 1 - 2 / (exponential(magnitude + magnitude) + 1)
    let signed = far.replacing(with: -far, where: x .< 0)
    return near.replacing(with: signed, where: magnitude .>= 0.625)
  }

  /// `2ⁿ` for −126 ≤ n ≤ 127.
  @inlinable @inline(__always)
  static func powerOfTwo(_ n: SIMD8<Int32>) -> SIMD8<Float> {
    unsafeBitCast((n &+ 127) &<< 23, to: SIMD8<Float>.self)
  }
}
