/// How a kernel's weights are stored. Arithmetic is float32 whatever they are.
package enum WeightType: Int, CaseIterable, Sendable {
  case float32
  /// IEEE 754 half precision, rounded to nearest even.
  case float16
  /// The upper half of a float32, rounded to nearest even.
  case bfloat16
  /// Multiples from −127 to 127 of a float32 scale, which is the largest magnitude / 127: of a fully
  /// connected layer one for each output, of a Winograd convolution one for each output channel and point.
  case int8

  /// Bytes of one weight.
  package var byteCount: Int {
    switch self {
    case .float32: 4
    case .float16, .bfloat16: 2
    case .int8: 1
    }
  }

  package var hasScales: Bool { self == .int8 }
}
