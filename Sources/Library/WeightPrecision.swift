import KernelInterface

/// How the weights of fully connected layers and the transformed weights of Winograd convolutions are
/// stored. Arithmetic is float32 whatever they are.
public enum WeightPrecision: String, CaseIterable, Sendable {
  /// As they are.
  case float32 = "f32"
  /// IEEE 754 half precision, rounded to nearest even. Weights beyond ±65504 are an error.
  case float16 = "f16"
  /// The upper half of a float32, rounded to nearest even.
  case bfloat16 = "bf16"
  /// Multiples from −127 to 127 of a float32 scale, one for each output (and point of a transform): the largest
  /// magnitude / 127.
  case int8

  var lowered: WeightType {
    switch self {
    case .float32: .float32
    case .float16: .float16
    case .bfloat16: .bfloat16
    case .int8: .int8
    }
  }
}
