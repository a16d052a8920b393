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

  /// `ln x`. With `x = 2ⁿ · m`, m from √½ to √2, `ln x = n ln 2 + ln m`; the second term is a polynomial of
  /// degree 8 in `m − 1` (Cephes' `logf`).
  @inlinable @inline(__always)
  package static func logarithm(_ x: SIMD8<Float>) -> SIMD8<Float> {
    typealias Integers = SIMD8<Int32>
    // Subnormal numbers become normal.
    let isSmall = x .< Float.leastNormalMagnitude
    let normal = x.replacing(with: x * 0x1p23, where: isSmall)
    let bits = unsafeBitCast(normal, to: Integers.self)
    var n =
      SIMD8<Float>((bits &>> 23) &- 126) - SIMD8<Float>.zero.replacing(with: 23, where: isSmall)
    var m = unsafeBitCast((bits & 0x007F_FFFF) | 0x3F00_0000, to: SIMD8<Float>.self)
    let isLow = m .< 0.707_106_77
    n = n.replacing(with: n - 1, where: isLow)
    m = m.replacing(with: m + m, where: isLow) - 1
    let square = m * m
    var p = SIMD8<Float>(repeating: 7.037_683_6e-2)
    p = Arithmetic.multiplyAdd(p, m, SIMD8(repeating: -1.151_461_03e-1))
    p = Arithmetic.multiplyAdd(p, m, SIMD8(repeating: 1.167_699_9e-1))
    p = Arithmetic.multiplyAdd(p, m, SIMD8(repeating: -1.242_014_1e-1))
    p = Arithmetic.multiplyAdd(p, m, SIMD8(repeating: 1.424_932_3e-1))
    p = Arithmetic.multiplyAdd(p, m, SIMD8(repeating: -1.666_805_7e-1))
    p = Arithmetic.multiplyAdd(p, m, SIMD8(repeating: 2.000_071_4e-1))
    p = Arithmetic.multiplyAdd(p, m, SIMD8(repeating: -2.499_999_4e-1))
    p = Arithmetic.multiplyAdd(p, m, SIMD8(repeating: 3.333_333_1e-1))
    var y = p * m * square
    y = Arithmetic.multiplyAdd(n, SIMD8(repeating: -2.121_944_4e-4), y)
    y = Arithmetic.multiplyAdd(square, SIMD8(repeating: -0.5), y)
    let result = Arithmetic.multiplyAdd(n, SIMD8(repeating: 0.693_359_375), m + y)
    return result.replacing(with: -.infinity, where: x .== 0)
      .replacing(with: .nan, where: x .< 0)
      .replacing(with: x, where: (x .== .infinity) .| (x .!= x))
  }

  /// `ln (1 + x)`: `ln u · x / (u − 1)` for `u = 1 + x` as it is rounded (Kahan).
  @inlinable @inline(__always)
  package static func logarithmOfOnePlus(_ x: SIMD8<Float>) -> SIMD8<Float> {
    let u = 1 + x
    let result = logarithm(u) * (x / (u - 1))
    return result.replacing(with: x, where: (u .== 1) .| (u .== .infinity))
      .replacing(with: -.infinity, where: u .== 0)
  }

  /// The error function: an odd polynomial up to 0.93, beyond it 1 minus the exponential of a polynomial,
  /// with the sign of x (after N. Juffa's `erff`).
  @inlinable @inline(__always)
  package static func errorFunction(_ x: SIMD8<Float>) -> SIMD8<Float> {
    let magnitude = x.replacing(with: -x, where: x .< 0)
    // From 4 on the result is 1.
    let t = magnitude.replacing(with: 8, where: magnitude .> 8)
    let square = t * t
    var far = Arithmetic.multiplyAdd(
      SIMD8(repeating: -1.728_534_7e-5), t, SIMD8(repeating: 3.831_971_26e-4))
    let next = Arithmetic.multiplyAdd(
      SIMD8(repeating: -3.883_964_38e-3), t, SIMD8(repeating: 2.425_462_19e-2))
    far = Arithmetic.multiplyAdd(far, square, next)
    far = Arithmetic.multiplyAdd(far, t, SIMD8(repeating: -1.067_778_77e-1))
    far = Arithmetic.multiplyAdd(far, t, SIMD8(repeating: -6.348_466_87e-1))
    far = Arithmetic.multiplyAdd(far, t, SIMD8(repeating: -1.287_175_12e-1))
    far = 1 - exponential(Arithmetic.multiplyAdd(far, t, -t))
    var near = SIMD8<Float>(repeating: -5.967_617_03e-4)
    near = Arithmetic.multiplyAdd(near, square, SIMD8(repeating: 4.991_194_23e-3))
    near = Arithmetic.multiplyAdd(near, square, SIMD8(repeating: -2.676_813_49e-2))
    near = Arithmetic.multiplyAdd(near, square, SIMD8(repeating: 1.128_199_25e-1))
    near = Arithmetic.multiplyAdd(near, square, SIMD8(repeating: -3.761_253_36e-1))
    near = Arithmetic.multiplyAdd(near, square, SIMD8(repeating: 1.283_791_66e-1))
    near = Arithmetic.multiplyAdd(near, x, x)
    let signed = far.replacing(with: -far, where: x .< 0)
    return near.replacing(with: signed, where: magnitude .> 0.927_734_375)
  }

  /// `2ⁿ` for −126 ≤ n ≤ 127.
  @inlinable @inline(__always)
  static func powerOfTwo(_ n: SIMD8<Int32>) -> SIMD8<Float> {
    unsafeBitCast((n &+ 127) &<< 23, to: SIMD8<Float>.self)
  }
}
