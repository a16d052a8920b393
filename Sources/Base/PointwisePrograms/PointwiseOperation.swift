/// What one instruction of a pointwise program computes, element by element in float32.
///
/// NaN in an operand gives NaN. Of two zeros `minimum` and `maximum` give the left one.
package enum PointwiseOperation: Int, CaseIterable, Sendable {
  /// The instruction's constant.
  case constant
  case add, subtract, multiply, divide
  case minimum, maximum
  case negate, absolute, squareRoot
  /// Within 2 units of the last place; infinite from 88.73 on, 0 below −103.98.
  case exponential
  /// `1 / (1 + e⁻ˣ)`, within 3 units of the last place; 0 where that would be below 2⁻¹²⁸.
  case sigmoid
  /// Within 4 units of the last place.
  case hyperbolicTangent

  /// Values that the operation reads.
  package var operandCount: Int {
    switch self {
    case .constant: 0
    case .add, .subtract, .multiply, .divide, .minimum, .maximum: 2
    case .negate, .absolute, .squareRoot, .exponential, .sigmoid, .hyperbolicTangent: 1
    }
  }
}
