import Tensors

extension ElementType {
  /// The number that ONNX gives this type (`TensorProto.DataType`).
  package var onnxCode: Int {
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

  /// The element type with an ONNX number; nil for those that we do not support.
  package init?(onnxCode: Int) {
    guard let match = Self.allCases.first(where: { $0.onnxCode == onnxCode }) else { return nil }
    self = match
  }
}
