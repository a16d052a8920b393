/// How a kernel's weights are stored. Arithmetic is float32 whatever they are.
///
/// Of types with scales a weight is `multiple · scale`, the multiple from −`largestMultiple` to
/// `largestMultiple`. There is one float32 scale for each output of a fully connected layer, for each output
/// channel and point of a Winograd convolution, and it makes the largest magnitude the largest multiple.
package enum WeightType: Int, CaseIterable, Sendable {
  case float32
  /// IEEE 754 half precision, rounded to nearest even.
  case float16
  /// The upper half of a float32, rounded to nearest even.
  case bfloat16
  /// Multiples of 8 bits of a scale.
  case int8
  /// Multiples of 24 bits of a scale, those of an input for a panel together: the upper 16 bits of all, then the
  /// lower 8 of all.
  case int24

  /// Bytes of one weight.
  package var byteCount: Int {
    switch self {
    case .float32: 4
    case .float16, .bfloat16: 2
    case .int8: 1
    case .int24: 3
    }
  }

  package var hasScales: Bool { self == .int8 || self == .int24 }

  /// Of a type with scales.
  package var largestMultiple: Double { self == .int24 ? 0x1p23 - 1 : 127 }
}
