import Tensors

extension Tensor {
  /// The elements converted as ONNX `Cast` does: to integers towards zero, to bool as `x ≠ 0`, from
  /// bool as 0 and 1, between integers modulo their range. Where ONNX leaves the result open — a
  /// floating-point value beyond an integer's range — the nearest integer that fits, 0 for NaN.
  package func cast(to target: ElementType) throws(TesseraError) -> Tensor {
    if target == elementType { return self }
    switch elementType {
    case .float32: return try converted(to: target, reader(of: Float.self))
    case .float64: return try converted(to: target, reader(of: Double.self))
    case .float16: return try converted(to: target, reader(of: Float16.self))
    case .bfloat16:
      let bits = reader(of: UInt16.self)
      return try converted(to: target) { Float(bfloat16Bits: bits($0)) }
    case .int8: return try converted(to: target, reader(of: Int8.self))
    case .int16: return try converted(to: target, reader(of: Int16.self))
    case .int32: return try converted(to: target, reader(of: Int32.self))
    case .int64: return try converted(to: target, reader(of: Int64.self))
    case .uint8: return try converted(to: target, reader(of: UInt8.self))
    case .uint16: return try converted(to: target, reader(of: UInt16.self))
    case .uint32: return try converted(to: target, reader(of: UInt32.self))
    case .uint64: return try converted(to: target, reader(of: UInt64.self))
    case .bool:
      let bytes = reader(of: UInt8.self)
      return try converted(to: target) { bytes($0) == 0 ? UInt8(0) : 1 }
    }
  }

  /// What reads the element of an index, as a value of its size.
  private func reader<Value: BitwiseCopyable>(of type: Value.Type) -> (Int) -> Value {
    let (bytes, start) = (storage.bytes, byteOffset)
    return { index in
      bytes.loadUnaligned(fromByteOffset: start + index * MemoryLayout<Value>.size, as: type)
    }
  }

  private func converted<Source: BinaryFloatingPoint>(
    to target: ElementType, _ element: (Int) -> Source
  ) throws(TesseraError) -> Tensor {
    switch target {
    case .float32: return try Tensor(shape: shape) { Float(element($0)) }
    case .float64: return try Tensor(shape: shape) { Double(element($0)) }
    case .float16: return try Tensor(shape: shape) { Float16(element($0)) }
    case .bfloat16: return try patterns(as: target) { Double(element($0)).bfloat16Bits }
    case .int8: return try Tensor(shape: shape) { Int8(saturating: element($0)) }
    case .int16: return try Tensor(shape: shape) { Int16(saturating: element($0)) }
    case .int32: return try Tensor(shape: shape) { Int32(saturating: element($0)) }
    case .int64: return try Tensor(shape: shape) { Int64(saturating: element($0)) }
    case .uint8: return try Tensor(shape: shape) { UInt8(saturating: element($0)) }
    case .uint16: return try Tensor(shape: shape) { UInt16(saturating: element($0)) }
    case .uint32: return try Tensor(shape: shape) { UInt32(saturating: element($0)) }
    case .uint64: return try Tensor(shape: shape) { UInt64(saturating: element($0)) }
    case .bool: return try patterns(as: target) { element($0) == 0 ? UInt8(0) : 1 }
    }
  }

  private func converted<Source: FixedWidthInteger>(
    to target: ElementType, _ element: (Int) -> Source
  ) throws(TesseraError) -> Tensor {
    switch target {
    case .float32: return try Tensor(shape: shape) { Float(element($0)) }
    case .float64: return try Tensor(shape: shape) { Double(element($0)) }
    case .float16: return try Tensor(shape: shape) { Float16(element($0)) }
    case .bfloat16: return try patterns(as: target) { Double(element($0)).bfloat16Bits }
    case .int8: return try Tensor(shape: shape) { Int8(truncatingIfNeeded: element($0)) }
    case .int16: return try Tensor(shape: shape) { Int16(truncatingIfNeeded: element($0)) }
    case .int32: return try Tensor(shape: shape) { Int32(truncatingIfNeeded: element($0)) }
    case .int64: return try Tensor(shape: shape) { Int64(truncatingIfNeeded: element($0)) }
    case .uint8: return try Tensor(shape: shape) { UInt8(truncatingIfNeeded: element($0)) }
    case .uint16: return try Tensor(shape: shape) { UInt16(truncatingIfNeeded: element($0)) }
    case .uint32: return try Tensor(shape: shape) { UInt32(truncatingIfNeeded: element($0)) }
    case .uint64: return try Tensor(shape: shape) { UInt64(truncatingIfNeeded: element($0)) }
    case .bool: return try patterns(as: target) { element($0) == 0 ? UInt8(0) : 1 }
    }
  }

  /// A tensor of this one's shape with the given bit patterns as elements.
  private func patterns<Word: FixedWidthInteger & BitwiseCopyable>(
    as elementType: ElementType, _ word: (Int) -> Word
  ) throws(TesseraError) -> Tensor {
    try Tensor(elementType: elementType, shape: shape) { bytes in
      let words = bytes.bindMemory(to: Word.self)
      for index in words.indices { words[index] = word(index) }
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
