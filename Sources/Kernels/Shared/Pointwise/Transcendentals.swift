import KernelVectors

/// Elementary functions of vectors by polynomials, without tables. `Tests/Kernels` measures their errors
/// over all of float32 that matters, against Float64.
enum Transcendentals {
  private typealias Bits = WideVector.MaskStorage

  /// `eˣ`, the power of two multiplied in two steps so that subnormal results are rounded once.
  @inline(__always)
  static func exponential(_ x: WideVector) -> WideVector {
    // Beyond these the result is 0 or infinite whatever x is.
    let parts = exponentialParts(bounded(x, low: -110, high: 100))
    let exponent = bits(parts.shifted) &- bits(WideVector(repeating: shift))
    let half = exponent &>> 1
    return parts.fraction * powerOfTwo(half) * powerOfTwo(exponent &- half)
  }

  /// The same of 8 numbers.
  @inline(__always)
  static func exponential(block x: Vector) -> Vector {
    var wide = WideVector.zero
    for lane in 0..<Vector.scalarCount { wide[lane] = x[lane] }
    let powers = exponential(wide)
    var result = Vector.zero
    for lane in 0..<Vector.scalarCount { result[lane] = powers[lane] }
    return result
  }

  /// `eˣ` for −88 ≤ x ≤ 89 or NaN, 0 below −87.68 and infinite above 88.38.
  @inline(__always)
  private static func boundedExponential(_ x: WideVector) -> WideVector {
    let parts = exponentialParts(x)
    return parts.fraction * floats(bits(parts.shifted) &<< 23)
  }

  /// 1.5 · 2²³, which rounds what it is added to to an integer, the sum's low bits, and the bias of an exponent.
  private static let shift: Float = 0x1.8p23 + 127

  /// `eˣ = 2ⁿ · fraction` for `n = round(x / ln 2)`; the fraction `e^(x − n ln 2)` is a polynomial of degree
  /// 6 (Cephes' `expf`, Moshier 1984). `shifted` is `n + shift`.
  @inline(__always)
  private static func exponentialParts(
    _ x: WideVector
  ) -> (fraction: WideVector, shifted: WideVector) {
    let shifted = multiplyAdd(x, WideVector(repeating: 1.442_695_04), shift)
    let n = shifted - shift
    // ln 2 in two parts, the first of few bits, so that n times it is exact.
    var r = Arithmetic.multiplyAdd(n, WideVector(repeating: -0.693_359_375), x)
    r = Arithmetic.multiplyAdd(n, WideVector(repeating: 2.121_944_4e-4), r)
    var p = WideVector(repeating: 1.987_569_15e-4)
    p = multiplyAdd(p, r, 1.398_199_95e-3)
    p = multiplyAdd(p, r, 8.333_451_9e-3)
    p = multiplyAdd(p, r, 4.166_579_6e-2)
    p = multiplyAdd(p, r, 1.666_666_55e-1)
    p = multiplyAdd(p, r, 5.000_000_1e-1)
    return (fraction: Arithmetic.multiplyAdd(p, r * r, r) + 1, shifted: shifted)
  }

  /// `1 / (1 + e⁻ˣ)`.
  @inline(__always)
  static func sigmoid(_ x: WideVector) -> WideVector {
    reciprocal(1 + boundedExponential(bounded(-x, low: -88, high: 89)))
  }

  /// `tanh x`: an odd polynomial up to 0.625 (Cephes' `tanhf`), `1 − 2 / (e^2|x| + 1)` with the sign of x
  /// beyond.
  @inline(__always)
  static func hyperbolicTangent(_ x: WideVector) -> WideVector {
    let magnitude = absolute(x)
    let square = x * x
    var p = WideVector(repeating: -5.704_988_7e-3)
    p = multiplyAdd(p, square, 2.063_908_88e-2)
    p = multiplyAdd(p, square, -5.373_971_55e-2)
    p = multiplyAdd(p, square, 1.333_144_22e-1)
    p = multiplyAdd(p, square, -3.333_323_3e-1)
    let near = Arithmetic.multiplyAdd(p * square, x, x)
    let power = boundedExponential(bounded(magnitude + magnitude, low: 0, high: 89))
    let far = withSign(of: x, 1 - 2 / (power + 1))
    return near.replacing(with: far, where: magnitude .>= 0.625)
  }

  /// `ln x`. With `x = 2ⁿ · m`, m from √½ to √2, `ln x = n ln 2 + ln m`; the second term is a polynomial of
  /// degree 8 in `m − 1` (Cephes' `logf`).
  @inline(__always)
  static func logarithm(_ x: WideVector) -> WideVector {
    // Subnormal numbers become normal.
    let isSmall = x .< Float.leastNormalMagnitude
    let normal = bits(x.replacing(with: x * 0x1p23, where: isSmall))
    var n =
      WideVector((normal &>> 23) &- 126) - WideVector.zero.replacing(with: 23, where: isSmall)
    var m = floats((normal & 0x007F_FFFF) | 0x3F00_0000)
    let isLow = m .< 0.707_106_77
    n = n.replacing(with: n - 1, where: isLow)
    m = m.replacing(with: m + m, where: isLow) - 1
    let square = m * m
    var p = WideVector(repeating: 7.037_683_6e-2)
    p = multiplyAdd(p, m, -1.151_461_03e-1)
    p = multiplyAdd(p, m, 1.167_699_9e-1)
    p = multiplyAdd(p, m, -1.242_014_1e-1)
    p = multiplyAdd(p, m, 1.424_932_3e-1)
    p = multiplyAdd(p, m, -1.666_805_7e-1)
    p = multiplyAdd(p, m, 2.000_071_4e-1)
    p = multiplyAdd(p, m, -2.499_999_4e-1)
    p = multiplyAdd(p, m, 3.333_333_1e-1)
    var y = p * m * square
    y = Arithmetic.multiplyAdd(n, WideVector(repeating: -2.121_944_4e-4), y)
    y = Arithmetic.multiplyAdd(square, WideVector(repeating: -0.5), y)
    let result = Arithmetic.multiplyAdd(n, WideVector(repeating: 0.693_359_375), m + y)
    return result.replacing(with: -.infinity, where: x .== 0)
      .replacing(with: .nan, where: x .< 0)
      .replacing(with: x, where: (x .== .infinity) .| (x .!= x))
  }

  /// `ln (1 + x)`: `ln u · x / (u − 1)` for `u = 1 + x` as it is rounded (Kahan).
  @inline(__always)
  static func logarithmOfOnePlus(_ x: WideVector) -> WideVector {
    let u = 1 + x
    let result = logarithm(u) * (x / (u - 1))
    return result.replacing(with: x, where: (u .== 1) .| (u .== .infinity))
      .replacing(with: -.infinity, where: u .== 0)
  }

  /// The error function: an odd polynomial up to 0.93, beyond it 1 minus the exponential of a polynomial,
  /// with the sign of x (after N. Juffa's `erff`).
  @inline(__always)
  static func errorFunction(_ x: WideVector) -> WideVector {
    let magnitude = absolute(x)
    // From 4 on the result is 1.
    let t = magnitude.replacing(with: 4, where: magnitude .> 4)
    let square = t * t
    var far = multiplyAdd(WideVector(repeating: -1.728_534_7e-5), t, 3.831_971_26e-4)
    let next = multiplyAdd(WideVector(repeating: -3.883_964_38e-3), t, 2.425_462_19e-2)
    far = Arithmetic.multiplyAdd(far, square, next)
    far = multiplyAdd(far, t, -1.067_778_77e-1)
    far = multiplyAdd(far, t, -6.348_466_87e-1)
    far = multiplyAdd(far, t, -1.287_175_12e-1)
    far = 1 - boundedExponential(Arithmetic.multiplyAdd(far, t, -t))
    var near = WideVector(repeating: -5.967_617_03e-4)
    near = multiplyAdd(near, square, 4.991_194_23e-3)
    near = multiplyAdd(near, square, -2.676_813_49e-2)
    near = multiplyAdd(near, square, 1.128_199_25e-1)
    near = multiplyAdd(near, square, -3.761_253_36e-1)
    near = multiplyAdd(near, square, 1.283_791_66e-1)
    near = Arithmetic.multiplyAdd(near, x, x)
    return near.replacing(with: withSign(of: x, far), where: magnitude .> 0.927_734_375)
  }

  // MARK: Parts

  @inline(__always)
  static func absolute(_ x: WideVector) -> WideVector { floats(bits(x) & 0x7FFF_FFFF) }

  /// `min(max(x, low), high)`. NaN stays, and a zero where a bound is the other zero.
  @inline(__always)
  static func bounded(_ x: WideVector, low: Float, high: Float) -> WideVector {
    bounded(x, low: WideVector(repeating: low), high: WideVector(repeating: high))
  }

  @inline(__always)
  static func bounded(_ x: WideVector, low: WideVector, high: WideVector) -> WideVector {
    let raised = x.replacing(with: low, where: low .> x)
    return raised.replacing(with: high, where: high .< raised)
  }

  @inline(__always)
  private static func withSign(of x: WideVector, _ magnitude: WideVector) -> WideVector {
    floats(bits(magnitude) | (bits(x) & Bits(repeating: .min)))
  }

  /// `2ⁿ` for −126 ≤ n ≤ 127.
  @inline(__always)
  private static func powerOfTwo(_ n: Bits) -> WideVector { floats((n &+ 127) &<< 23) }

  @inline(__always)
  private static func bits(_ x: WideVector) -> Bits { unsafeBitCast(x, to: Bits.self) }

  @inline(__always)
  private static func floats(_ bits: Bits) -> WideVector {
    unsafeBitCast(bits, to: WideVector.self)
  }

  @inline(__always)
  private static func multiplyAdd(_ a: WideVector, _ b: WideVector, _ c: Float) -> WideVector {
    Arithmetic.multiplyAdd(a, b, WideVector(repeating: c))
  }
}
