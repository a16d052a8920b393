/// The number that a standard normal variable stays below with probability `p`, 0 < p < 1, to about
/// 16 digits: algorithm AS 241 (Wichura, Applied Statistics 37, 1988), PPND16.
///
/// Only + − × ÷ and square roots are used, which IEEE 754 rounds in one way, so that the bits do not
/// depend on a mathematics library.
func normalQuantile(_ p: Double) -> Double {
  let q = p - 0.5
  if abs(q) <= 0.425 {
    let r = 0.180625 - q * q
    return q * polynomial(r, Coefficients.a) / polynomial(r, Coefficients.b)
  }
  let tail = (-naturalLogarithm(q < 0 ? p : 1 - p)).squareRoot()
  let magnitude =
    tail <= 5
    ? polynomial(tail - 1.6, Coefficients.c) / polynomial(tail - 1.6, Coefficients.d)
    : polynomial(tail - 5, Coefficients.e) / polynomial(tail - 5, Coefficients.f)
  return q < 0 ? -magnitude : magnitude
}

/// ln(x) for a positive normal number: x = m · 2ᵉ with √½ ≤ m < √2, and
/// ln(m) = 2 (s + s³/3 + s⁵/5 + …) with s = (m − 1) / (m + 1), up to s²³.
///
/// |s| < 0.1716, so what follows s²³ is below 2⁻⁵⁸ of the sum.
func naturalLogarithm(_ x: Double) -> Double {
  var m = x.significand
  var exponent = Double(x.exponent)
  if m >= 1.4142135623730951 {
    m *= 0.5
    exponent += 1
  }
  let s = (m - 1) / (m + 1)
  let r = s * s
  // swift-format-ignore
  let sum = ((((((((((r / 23 + 1.0 / 21) * r + 1.0 / 19) * r + 1.0 / 17) * r + 1.0 / 15) * r
    + 1.0 / 13) * r + 1.0 / 11) * r + 1.0 / 9) * r + 1.0 / 7) * r + 1.0 / 5) * r + 1.0 / 3) * r + 1
  // ln 2 in two parts: the product of the first one with an exponent is exact.
  return exponent * 0x1.62e42feep-1 + (exponent * 0x1.a39ef35793c76p-33 + 2 * s * sum)
}

/// c₀ + c₁ x + … + c₇ x⁷ by Horner's rule.
@inline(__always)
private func polynomial(_ x: Double, _ c: Coefficients.Row) -> Double {
  ((((((c.7 * x + c.6) * x + c.5) * x + c.4) * x + c.3) * x + c.2) * x + c.1) * x + c.0
}

/// The published coefficients, from the constant term up.
private enum Coefficients {
  typealias Row = (Double, Double, Double, Double, Double, Double, Double, Double)

  static let a: Row = (
    3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3,
    1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
    3.3430575583588128105e+4, 2.5090809287301226727e+3
  )
  static let b: Row = (
    1, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
    2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4,
    5.2264952788528545610e+3
  )
  static let c: Row = (
    1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
    3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
    2.27238449892691845833e-2, 7.74545014278341407640e-4
  )
  static let d: Row = (
    1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
    1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
    1.05075007164441684324e-9
  )
  static let e: Row = (
    6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
    2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
    2.71155556874348757815e-5, 2.01033439929228813265e-7
  )
  static let f: Row = (
    1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
    7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
    2.04426310338993978564e-15
  )
}
