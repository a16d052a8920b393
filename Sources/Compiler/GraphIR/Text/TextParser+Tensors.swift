import Tensors

extension TextParser {
  /// The elements of a tensor of `type`: `{ 1.0, 2.0 }`, or `[ "location": "w.bin", … ]` in another
  /// file. Half-precision elements are written as their bit patterns.
  ///
  /// - Returns: nil if the type is nil: one that we do not support, with the elements skipped.
  mutating func tensor(of type: TensorType?, at typeStart: Int) throws(TesseraError) -> Tensor? {
    var shape: Shape?
    if let type {
      shape = type.shape
      guard shape != nil else {
        throw cursor.error(
          "expected a type with all dimensions known, found \(type)", at: typeStart)
      }
    }
    if cursor.isNext("[") {
      let start = cursor.position
      let entries = try stringPairs()
      guard let type, let shape else { return nil }
      return try externalTensor(entries, type.elementType, shape, at: start)
    }
    guard cursor.take("{") else { throw cursor.expected("'{' or '['") }
    guard let type, let shape else {
      try list(until: "}") { (parser) throws(TesseraError) in
        _ = try parser.cursor.literal("a constant")
      }
      return nil
    }
    return try elements(of: type.elementType, shape: shape)
  }

  private func externalTensor(
    _ entries: [(key: String, value: String)], _ elementType: ElementType, _ shape: Shape,
    at start: Int
  ) throws(TesseraError) -> Tensor {
    do throws(TesseraError) {
      let reference = try ExternalDataReference(entries: entries)
      guard let loadExternalData else {
        throw TesseraError(
          .invalidInput, "'\(reference.location)' cannot be read: the model is not in a folder")
      }
      return try loadExternalData(reference, elementType, shape)
    } catch {
      var located = error
      for index in located.diagnostics.indices where located.diagnostics[index].location == nil {
        located.diagnostics[index].location = cursor.location(of: start)
      }
      throw located
    }
  }

  private mutating func elements(
    of elementType: ElementType, shape: Shape
  ) throws(TesseraError) -> Tensor {
    switch elementType {
    case .float32: try reals(Float.self, elementType, shape)
    case .float64: try reals(Double.self, elementType, shape)
    case .float16, .bfloat16, .uint16: try integers(UInt16.self, elementType, shape)
    case .int8: try integers(Int8.self, elementType, shape)
    case .int16: try integers(Int16.self, elementType, shape)
    case .int32: try integers(Int32.self, elementType, shape)
    case .int64: try integers(Int64.self, elementType, shape)
    case .uint8: try integers(UInt8.self, elementType, shape)
    case .uint32: try integers(UInt32.self, elementType, shape)
    case .uint64: try integers(UInt64.self, elementType, shape)
    case .bool:
      try scalars(elementType, shape) { (parser) throws(TesseraError) -> UInt8 in
        let start = parser.cursor.position
        let value = try parser.cursor.integer("0 or 1", as: Int64.self)
        guard value == 0 || value == 1 else {
          throw parser.cursor.error("expected 0 or 1, found \(value)", at: start)
        }
        return UInt8(value)
      }
    }
  }

  private mutating func integers<Scalar: FixedWidthInteger & BitwiseCopyable>(
    _ scalar: Scalar.Type, _ elementType: ElementType, _ shape: Shape
  ) throws(TesseraError) -> Tensor {
    try scalars(elementType, shape) { (parser) throws(TesseraError) in
      try parser.cursor.integer("an element of '\(elementType.onnxName)'", as: scalar)
    }
  }

  private mutating func reals<Scalar>(
    _ scalar: Scalar.Type, _ elementType: ElementType, _ shape: Shape
  ) throws(TesseraError) -> Tensor
  where Scalar: LosslessStringConvertible & BinaryFloatingPoint & BitwiseCopyable {
    try scalars(elementType, shape) { (parser) throws(TesseraError) in
      try parser.cursor.real("a number", as: scalar)
    }
  }

  /// Elements up to `}`, as many as `shape` says.
  private mutating func scalars<Scalar: BitwiseCopyable>(
    _ elementType: ElementType, _ shape: Shape,
    _ element: (inout TextParser) throws(TesseraError) -> Scalar
  ) throws(TesseraError) -> Tensor {
    let start = cursor.position
    var values: [Scalar] = []
    try list(until: "}") { (parser) throws(TesseraError) in
      values.append(try element(&parser))
    }
    guard values.count == shape.elementCount else {
      throw cursor.error(
        "a tensor of \(shape) has \(shape.elementCount) elements, found \(values.count)",
        at: start)
    }
    return try Tensor(elementType: elementType, shape: shape) { bytes in
      values.withUnsafeBytes { bytes.copyMemory(from: $0) }
    }
  }
}
