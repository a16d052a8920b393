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
    Rational(
      a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator)
  }

  package static func * (a: Rational, b: Rational) -> Rational {
    Rational(a.numerator * b.numerator, a.denominator * b.denominator)
  }

  package static func / (a: Rational, b: Rational) -> Rational {
    Rational(a.numerator * b.denominator, a.denominator * b.numerator)
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
