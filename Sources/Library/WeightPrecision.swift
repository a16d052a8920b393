import KernelInterface

/// How the weights of fully connected layers and the transformed weights of Winograd convolutions are
/// stored. Arithmetic is float32 whatever they are.
public enum WeightPrecision: String, CaseIterable, Sendable {
  /// In 24 bits, as `int24`, those of fully connected layers that are large enough for memory to bound them
  /// and whose stated error is small beside the largest that is allowed; all others as they are.
  case automatic = "auto"
  /// As they are.
  case float32 = "f32"
  /// Multiples from −(2²³ − 1) to 2²³ − 1 of a float32 scale, one for each output (and point of a transform): the
  /// largest magnitude / (2²³ − 1).
  case int24 = "f24"
  /// IEEE 754 half precision, rounded to nearest even. Weights beyond ±65504 are an error.
  case float16 = "f16"
  /// The upper half of a float32, rounded to nearest even.
  case bfloat16 = "bf16"
  /// Multiples from −127 to 127 of a float32 scale, one for each output (and point of a transform): the largest
  /// magnitude / 127.
  case int8

  var lowered: WeightType {
    switch self {
    case .automatic, .float32: .float32
    case .int24: .int24
    case .float16: .float16
    case .bfloat16: .bfloat16
    case .int8: .int8
    }
  }
}
