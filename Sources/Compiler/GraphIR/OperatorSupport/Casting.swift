import Tensors

extension Tensor {
  /// The elements converted as ONNX `Cast` does: to integers towards zero, to bool as `x ≠ 0`, from
  /// bool as 0 and 1, between integers modulo their range. Where ONNX leaves the result open — a
  /// floating-point value beyond an integer's range — the nearest integer that fits, 0 for NaN.
  package func cast(to target: ElementType) throws(TesseraError) -> Tensor {
    if target == elementType { return self }
    switch elementType {
    case .float32: return try converted(values(as: Float.self), to: target)
    case .float64: return try converted(values(as: Double.self), to: target)
    case .float16: return try converted(values(as: Float16.self), to: target)
    case .bfloat16:
      let floats = words(UInt16.self).map { Float(bfloat16Bits: $0) }
      return try converted(floats, to: target)
    case .int8: return try converted(values(as: Int8.self), to: target)
    case .int16: return try converted(values(as: Int16.self), to: target)
    case .int32: return try converted(values(as: Int32.self), to: target)
    case .int64: return try converted(values(as: Int64.self), to: target)
    case .uint8: return try converted(values(as: UInt8.self), to: target)
    case .uint16: return try converted(values(as: UInt16.self), to: target)
    case .uint32: return try converted(values(as: UInt32.self), to: target)
    case .uint64: return try converted(values(as: UInt64.self), to: target)
    case .bool: return try converted(words(UInt8.self).map { $0 == 0 ? UInt8(0) : 1 }, to: target)
    }
  }

  /// The elements as bit patterns of their size.
  private func words<Word: FixedWidthInteger & BitwiseCopyable>(_ type: Word.Type) -> [Word] {
    withUnsafeBytes { bytes in
      (0..<shape.elementCount).map {
        bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Word>.size, as: Word.self)
      }
    }
  }

  private func converted<Source: BinaryFloatingPoint>(_ source: [Source]?, to target: ElementType)
    throws(TesseraError) -> Tensor
  {
    let source = source ?? []
    let extents = shape.dimensions
    switch target {
    case .float32: return try Tensor(source.map { Float($0) }, shape: extents)
    case .float64: return try Tensor(source.map { Double($0) }, shape: extents)
    case .float16: return try Tensor(source.map { Float16($0) }, shape: extents)
    case .bfloat16: return patterns(source.map { Double($0).bfloat16Bits }, as: .bfloat16)
    case .int8: return try Tensor(source.map { Int8(saturating: $0) }, shape: extents)
    case .int16: return try Tensor(source.map { Int16(saturating: $0) }, shape: extents)
    case .int32: return try Tensor(source.map { Int32(saturating: $0) }, shape: extents)
    case .int64: return try Tensor(source.map { Int64(saturating: $0) }, shape: extents)
    case .uint8: return try Tensor(source.map { UInt8(saturating: $0) }, shape: extents)
    case .uint16: return try Tensor(source.map { UInt16(saturating: $0) }, shape: extents)
    case .uint32: return try Tensor(source.map { UInt32(saturating: $0) }, shape: extents)
    case .uint64: return try Tensor(source.map { UInt64(saturating: $0) }, shape: extents)
    case .bool: return patterns(source.map { $0 == 0 ? UInt8(0) : 1 }, as: .bool)
    }
  }

  private func converted<Source: FixedWidthInteger>(_ source: [Source]?, to target: ElementType)
    throws(TesseraError) -> Tensor
  {
    let source = source ?? []
    let extents = shape.dimensions
    switch target {
    case .float32: return try Tensor(source.map { Float($0) }, shape: extents)
    case .float64: return try Tensor(source.map { Double($0) }, shape: extents)
    case .float16: return try Tensor(source.map { Float16($0) }, shape: extents)
    case .bfloat16: return patterns(source.map { Double($0).bfloat16Bits }, as: .bfloat16)
    case .int8: return try Tensor(source.map { Int8(truncatingIfNeeded: $0) }, shape: extents)
    case .int16: return try Tensor(source.map { Int16(truncatingIfNeeded: $0) }, shape: extents)
    case .int32: return try Tensor(source.map { Int32(truncatingIfNeeded: $0) }, shape: extents)
    case .int64: return try Tensor(source.map { Int64(truncatingIfNeeded: $0) }, shape: extents)
    case .uint8: return try Tensor(source.map { UInt8(truncatingIfNeeded: $0) }, shape: extents)
    case .uint16: return try Tensor(source.map { UInt16(truncatingIfNeeded: $0) }, shape: extents)
    case .uint32: return try Tensor(source.map { UInt32(truncatingIfNeeded: $0) }, shape: extents)
    case .uint64: return try Tensor(source.map { UInt64(truncatingIfNeeded: $0) }, shape: extents)
    case .bool: return patterns(source.map { $0 == 0 ? UInt8(0) : 1 }, as: .bool)
    }
  }

  /// A tensor of this one's shape with the given bit patterns as elements.
  private func patterns<Word: FixedWidthInteger & BitwiseCopyable>(
    _ words: [Word], as elementType: ElementType
  ) -> Tensor {
    Tensor(elementType: elementType, shape: shape) { bytes in
      words.withUnsafeBytes { bytes.copyMemory(from: $0) }
    }
  }
}

extension FixedWidthInteger {
  /// The value towards zero, or the nearest bound where it does not fit; 0 for NaN.
  fileprivate init<Source: BinaryFloatingPoint>(saturating value: Source) {
    if let exact = Self(exactly: value.rounded(.towardZero)) {
      self = exact
    } else if value.isNaN {
      self = 0
    } else {
      self = value < 0 ? .min : .max
    }
  }
}
