import Tensors

extension Tensor {
  /// The elements of a tensor of integers or of bool, each exact.
  ///
  /// - Throws: `unsupported` for other element types.
  func wideIntegers(for node: Node) throws(TesseraError) -> [Int128] {
    func widened<Scalar: TensorScalar & FixedWidthInteger>(_ type: Scalar.Type) -> [Int128] {
      elements(as: type)?.map { Int128($0) } ?? []
    }
    switch elementType {
    case .int8: return widened(Int8.self)
    case .int16: return widened(Int16.self)
    case .int32: return widened(Int32.self)
    case .int64: return widened(Int64.self)
    case .uint8: return widened(UInt8.self)
    case .uint16: return widened(UInt16.self)
    case .uint32: return widened(UInt32.self)
    case .uint64: return widened(UInt64.self)
    case .bool: return withUnsafeBytes { $0.map { $0 == 0 ? 0 : 1 } }
    case .float16, .bfloat16, .float32, .float64:
      throw node.unsupported("it is not supported on constants of \(elementType.onnxName)")
    }
  }
}
