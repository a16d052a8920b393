/// The type of one tensor element, with ONNX's names.
public enum ElementType: UInt8, Sendable, Hashable, CaseIterable {
  case float32, float64, float16, bfloat16
  case int8, int16, int32, int64
  case uint8, uint16, uint32, uint64
  case bool

  /// Bytes that one element takes in memory and in every file we read or write.
  public var byteCount: Int {
    switch self {
    case .int8, .uint8, .bool: 1
    case .float16, .bfloat16, .int16, .uint16: 2
    case .float32, .int32, .uint32: 4
    case .float64, .int64, .uint64: 8
    }
  }

  /// The name that ONNX's textual syntax uses: `float`, `double`, `int64`, …
  public var onnxName: String {
    switch self {
    case .float32: "float"
    case .float64: "double"
    default: "\(self)"
    }
  }

  /// The element type with the given ONNX textual name; nil for names that we do not support.
  public init?(onnxName: some StringProtocol) {
    guard let match = Self.allCases.first(where: { $0.onnxName == onnxName }) else { return nil }
    self = match
  }

  /// True for the four floating-point types.
  public var isFloatingPoint: Bool {
    switch self {
    case .float32, .float64, .float16, .bfloat16: true
    default: false
    }
  }
}
