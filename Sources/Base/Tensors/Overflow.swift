extension Tensor {
  /// Tells of the first element that is finite here and infinite in `converted`, this tensor's elements
  /// in another floating-point type; nil if there is none.
  package func overflow(in converted: Tensor) -> String? {
    let target = converted.elementType
    guard let largest = elementType.largestFinite, let limit = target.largestFinite, largest > limit
    else { return nil }
    for index in 0..<min(shape.elementCount, converted.shape.elementCount)
    where converted.floatingPoint(at: index).isInfinite {
      let value = floatingPoint(at: index)
      if value.isFinite {
        let name = target == .float32 ? "float32" : target.onnxName
        return "element \(index), \(value), is beyond the range of \(name)"
      }
    }
    return nil
  }

  /// The element at a row-major index; 0 where the tensor holds no floating-point numbers.
  private func floatingPoint(at index: Int) -> Double {
    withUnsafeBytes { bytes in
      let offset = index * elementType.byteCount
      return switch elementType {
      case .float32: Double(bytes.loadUnaligned(fromByteOffset: offset, as: Float.self))
      case .float64: bytes.loadUnaligned(fromByteOffset: offset, as: Double.self)
      case .float16: Double(bytes.loadUnaligned(fromByteOffset: offset, as: Float16.self))
      case .bfloat16:
        Double(Float(bfloat16Bits: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
      default: 0
      }
    }
  }
}

extension ElementType {
  /// The largest finite number of a floating-point type; nil for other types.
  fileprivate var largestFinite: Double? {
    switch self {
    case .float32: Double(Float.greatestFiniteMagnitude)
    case .float64: .greatestFiniteMagnitude
    case .float16: Double(Float16.greatestFiniteMagnitude)
    case .bfloat16: Double(Float(bfloat16Bits: 0x7F7F))
    default: nil
    }
  }
}
