/// What one instruction of a pointwise program computes, element by element in float32.
///
/// NaN in an operand gives NaN, but in comparisons and selections. Of two zeros `minimum` and `maximum`
/// give the left one. Truth values are 1 and 0.
package enum PointwiseOperation: Int, CaseIterable, Sendable {
  /// The instruction's constant.
  case constant
  case add, subtract, multiply, divide
  case minimum, maximum
  case negate, absolute, squareRoot
  /// Within 2 units of the last place; infinite from 88.73 on, 0 below −103.98.
  case exponential
  /// `1 / (1 + e⁻ˣ)`, within 3 units of the last place; 0 where that would be below 2⁻¹²⁷.
  case sigmoid
  /// Within 4 units of the last place.
  case hyperbolicTangent
  /// `ln x`, within 2 units of the last place; −∞ of 0, NaN of negative numbers.
  case logarithm
  /// `ln (1 + x)`, within 4 units of the last place.
  case logarithmOfOnePlus
  /// Within 3 units of the last place.
  case errorFunction
  /// `xʸ`, as the C library's `powf`.
  case power
  /// The remainder of `x / y` with the sign of x, exact.
  case remainder
  /// As the C library's `sinf` and `cosf`.
  case sine, cosine
  case floor, ceiling
  /// To the nearest integer, of two as near to the even one.
  case roundToEven
  /// −1, 0 or 1.
  case sign
  /// Comparisons; false where an operand is NaN.
  case equal, less, lessOrEqual
  /// y where x is not 0, and where x is 0; else 0.
  case selectWhere, selectUnless
  /// Of two values of which one is 0, as those of selections, the other.
  case union

  /// Values that the operation reads.
  package var operandCount: Int {
    switch self {
    case .constant: 0
    case .add, .subtract, .multiply, .divide, .minimum, .maximum, .power, .remainder, .equal,
      .less, .lessOrEqual, .selectWhere, .selectUnless, .union:
      2
    case .negate, .absolute, .squareRoot, .exponential, .sigmoid, .hyperbolicTangent, .logarithm,
      .logarithmOfOnePlus, .errorFunction, .sine, .cosine, .floor, .ceiling, .roundToEven, .sign:
      1
    }
  }
}
