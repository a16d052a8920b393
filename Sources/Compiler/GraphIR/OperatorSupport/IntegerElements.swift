import Tensors

extension Tensor {
  /// The most elements that shape arithmetic looks at; real shapes have a handful.
  package static let maxShapeElements = 4096

  /// The elements of a small int32 or int64 tensor; nil for others.
  package var integers: [Int]? {
    guard shape.elementCount <= Tensor.maxShapeElements else { return nil }
    if let values: [Int64] = values() { return values.map { Int($0) } }
    if let values: [Int32] = values() { return values.map { Int($0) } }
    return nil
  }

  /// The first element as a float; nil for an empty tensor and for integers.
  package var firstFloat: Float? {
    guard shape.elementCount > 0 else { return nil }
    return withUnsafeBytes { bytes in
      switch elementType {
      case .float32: bytes.loadUnaligned(as: Float.self)
      case .float64: Float(bytes.loadUnaligned(as: Double.self))
      case .float16: Float(bytes.loadUnaligned(as: Float16.self))
      case .bfloat16:
        Float(bitPattern: UInt32(bytes.loadUnaligned(as: UInt16.self)) << 16)
      default: nil
      }
    }
  }
}

extension Graph {
  /// The elements of a scalar or vector of integers or truth values (0 and 1) as far as they are known: a
  /// constant's, or those that inference found for the result of shape arithmetic. Other than an extent, a fixed element
  /// may be negative.
  package func elements(of value: String) -> [Dimension]? {
    if let constant = constants[value] {
      guard constant.shape.rank <= 1 else { return nil }
      let integers = constant.elementType == .bool ? try? constant.cast(to: .int64) : constant
      return integers?.integers?.map(Dimension.fixed)
    }
    return shapeElements[value]
  }

  /// The value of shape arithmetic as a tensor, where inference found all of its elements; nil for
  /// other values. Constant folding replaces such a value, although its producer's input may not be
  /// constant (`Shape` of an image of fixed size).
  package func inferredTensor(_ value: String) -> Tensor? {
    guard let elements = shapeElements[value]?.fixedValues, let type = types[value],
      let dimensions = type.shape?.dimensions
    else { return nil }
    switch type.elementType {
    case .int64: return try? Tensor(elements.map { Int64($0) }, shape: dimensions)
    case .int32:
      let narrow = elements.compactMap { Int32(exactly: $0) }
      return try? Tensor(narrow, shape: dimensions)
    case .bool:
      return try? Tensor(elements.map { Int64($0) }, shape: dimensions).cast(to: .bool)
    default: return nil
    }
  }
}

extension [Dimension] {
  /// All extents, if all are known.
  package var fixedValues: [Int]? {
    var values: [Int] = []
    for dimension in self {
      guard let value = dimension.value else { return nil }
      values.append(value)
    }
    return values
  }
}
