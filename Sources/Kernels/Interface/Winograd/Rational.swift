/// An exact fraction in lowest terms with a positive denominator. Its numbers are those of transform
/// matrices: a few digits, far from the limits of `Int`.
package struct Rational: Sendable, Equatable, ExpressibleByIntegerLiteral {
  package let numerator: Int
  package let denominator: Int

  /// `numerator / denominator`; the denominator is not 0.
  package init(_ numerator: Int, _ denominator: Int) {
    let divisor = Self.greatestCommonDivisor(numerator.magnitude, denominator.magnitude)
    let sign = denominator < 0 ? -1 : 1
    self.numerator = sign * numerator / divisor
    self.denominator = sign * denominator / divisor
  }

  package init(integerLiteral value: Int) {
    numerator = value
    denominator = 1
  }

  package var doubleValue: Double { Double(numerator) / Double(denominator) }

  package static func + (a: Rational, b: Rational) -> Rational {
    let divisor = greatestCommonDivisor(a.denominator.magnitude, b.denominator.magnitude)
    let scale = b.denominator / divisor
    return Rational(
      a.numerator * scale + a.denominator / divisor * b.numerator, a.denominator * scale)
  }

  package static func * (a: Rational, b: Rational) -> Rational {
    let (left, right) = (
      Rational(a.numerator, b.denominator), Rational(b.numerator, a.denominator)
    )
    return Rational(
      left.numerator * right.numerator, left.denominator * right.denominator)
  }

  package static func / (a: Rational, b: Rational) -> Rational {
    a * Rational(b.denominator, b.numerator)
  }

  package static prefix func - (a: Rational) -> Rational {
    Rational(-a.numerator, a.denominator)
  }

  package static func - (a: Rational, b: Rational) -> Rational { a + -b }

  private static func greatestCommonDivisor(_ a: UInt, _ b: UInt) -> Int {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return Int(a)
  }
}
