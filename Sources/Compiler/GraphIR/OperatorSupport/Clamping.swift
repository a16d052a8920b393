import Tensors

extension Tensor {
  /// `min(max(x, low), high)` for each element x; bounds that are nil do not apply, NaN passes
  /// through.
  ///
  /// - Throws: `invalidInput` if a bound is no single element of this tensor's type, `unsupported`
  ///   for bool.
  func clamped(low: Tensor?, high: Tensor?, for node: Node) throws(TesseraError) -> Tensor {
    switch elementType {
    case .float32: return try clamped(as: Float.self, low, high, for: node)
    case .float64: return try clamped(as: Double.self, low, high, for: node)
    case .float16: return try clamped(as: Float16.self, low, high, for: node)
    case .int8: return try clamped(as: Int8.self, low, high, for: node)
    case .int16: return try clamped(as: Int16.self, low, high, for: node)
    case .int32: return try clamped(as: Int32.self, low, high, for: node)
    case .int64: return try clamped(as: Int64.self, low, high, for: node)
    case .uint8: return try clamped(as: UInt8.self, low, high, for: node)
    case .uint16: return try clamped(as: UInt16.self, low, high, for: node)
    case .uint32: return try clamped(as: UInt32.self, low, high, for: node)
    case .uint64: return try clamped(as: UInt64.self, low, high, for: node)
    case .bfloat16:
      let wide = try cast(to: .float32)
      let bounds = (try low?.cast(to: .float32), try high?.cast(to: .float32))
      return try wide.clamped(low: bounds.0, high: bounds.1, for: node).cast(to: .bfloat16)
    case .bool:
      throw node.unsupported("its constant \(elementType.onnxName) input is not supported")
    }
  }

  private func clamped<Scalar: TensorScalar & Comparable>(
    as type: Scalar.Type, _ low: Tensor?, _ high: Tensor?, for node: Node
  ) throws(TesseraError) -> Tensor {
    var bounds: [Scalar?] = []
    for bound in [low, high] {
      guard let bound else {
        bounds.append(nil)
        continue
      }
      guard let value = bound.values(as: type)?.first, bound.shape.elementCount == 1 else {
        throw node.invalid(
          "its bound must be one \(elementType.onnxName) element, but is \(TensorType(of: bound))")
      }
      // NaN alone does not equal itself.
      guard value == value else { throw node.invalid("a bound of it is not a number") }
      bounds.append(value)
    }
    guard let elements = elements(as: type) else { return self }
    let (low, high) = (bounds[0], bounds[1])
    return try Tensor(shape: shape) { index in
      var value = elements[index]
      if let low, value < low { value = low }
      if let high, value > high { value = high }
      return value
    }
  }
}
