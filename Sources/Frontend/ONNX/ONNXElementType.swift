import Tensors

extension ElementType {
  /// The code in ONNX's `TensorProto.DataType`.
  var onnxCode: Int32 {
    switch self {
    case .float32: 1
    case .uint8: 2
    case .int8: 3
    case .uint16: 4
    case .int16: 5
    case .int32: 6
    case .int64: 7
    case .bool: 9
    case .float16: 10
    case .float64: 11
    case .uint32: 12
    case .uint64: 13
    case .bfloat16: 16
    }
  }

  /// The element type with the given code; nil for those that we do not support.
  init?(onnxCode: Int32) {
    guard let match = Self.allCases.first(where: { $0.onnxCode == onnxCode }) else { return nil }
    self = match
  }
}

/// Names of the codes that are ONNX element types but not ours.
private let unsupportedNames: [Int32: String] = [
  8: "string", 14: "complex64", 15: "complex128", 17: "float8e4m3fn", 18: "float8e4m3fnuz",
  19: "float8e5m2", 20: "float8e5m2fnuz", 21: "uint4", 22: "int4", 23: "float4e2m1",
  24: "float8e8m0", 25: "uint2", 26: "int2",
]

/// What to say about an element type code that has no `ElementType`.
func describeElementType(code: Int32) -> String {
  unsupportedNames[code].map { "'\($0)'" } ?? "of unknown code \(code)"
}
