import COnnxProto
import GraphIR
import Tensors

extension ONNXDecoder {
  /// A tensor; nil, and the problem noted at `place`, if it is damaged or of an element type that we
  /// do not support.
  ///
  /// - Parameter label: What goes before the message, such as the attribute that holds the tensor.
  mutating func tensor(
    _ proto: Onnx__TensorProto, at place: Location, label: String = ""
  ) -> Tensor? {
    guard let elementType = ElementType(onnxCode: Int(proto.data_type)) else {
      let name = describeElementType(code: Int(proto.data_type))
      reportUnsupported("\(label)tensors with elements \(name) are not supported", at: place)
      return nil
    }
    if proto.segment != nil {
      reportUnsupported("\(label)tensors in segments are not supported", at: place)
      return nil
    }
    let extents = scalars(proto.dims, proto.n_dims).map { Int($0) }
    guard let shape = Shape(extents) else {
      reportInvalid(
        "\(label)the shape \(extents) is negative or has too many elements", at: place)
      return nil
    }
    do throws(TesseraError) {
      return try normalized(stored(proto, elementType, shape))
    } catch {
      for diagnostic in error.diagnostics {
        reportInvalid(label + diagnostic.message, at: place)
      }
      return nil
    }
  }

  private func stored(
    _ proto: Onnx__TensorProto, _ elementType: ElementType, _ shape: Shape
  ) throws(TesseraError) -> Tensor {
    if proto.has_data_location != 0,
      proto.data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL
    {
      let entries = elements(proto.external_data, proto.n_external_data).map {
        (key: string($0.pointee.key), value: string($0.pointee.value))
      }
      return try loadExternalData(try ExternalDataReference(entries: entries), elementType, shape)
    }
    if proto.has_raw_data_offset != 0 { return try rawElements(of: proto, elementType, shape) }
    switch elementType {
    case .float32:
      return try copy(scalars(proto.float_data, proto.n_float_data), elementType, shape)
    case .float64:
      return try copy(scalars(proto.double_data, proto.n_double_data), elementType, shape)
    case .int64:
      return try copy(scalars(proto.int64_data, proto.n_int64_data), elementType, shape)
    case .uint64:
      return try copy(scalars(proto.uint64_data, proto.n_uint64_data), elementType, shape)
    case .uint32:
      let values = scalars(proto.uint64_data, proto.n_uint64_data)
      return try copy(values, elementType, shape, as: UInt32.self)
    default: break
    }
    let values = scalars(proto.int32_data, proto.n_int32_data)
    return switch elementType {
    case .int8: try copy(values, elementType, shape, as: Int8.self)
    case .uint8, .bool: try copy(values, elementType, shape, as: UInt8.self)
    case .int16: try copy(values, elementType, shape, as: Int16.self)
    case .uint16, .float16, .bfloat16: try copy(values, elementType, shape, as: UInt16.self)
    default: try copy(values, elementType, shape)
    }
  }

  /// Elements that lie in the file as they do in memory.
  private func rawElements(
    of proto: Onnx__TensorProto, _ elementType: ElementType, _ shape: Shape
  ) throws(TesseraError) -> Tensor {
    let (expected, overflow) = shape.elementCount.multipliedReportingOverflow(
      by: elementType.byteCount)
    guard !overflow, UInt64(expected) == proto.raw_data_length,
      let offset = Int(exactly: proto.raw_data_offset),
      let tensor = Tensor(
        elementType: elementType, shape: shape, storage: file, byteOffset: offset)
    else {
      throw TesseraError(
        .invalidInput,
        "a tensor \(TensorType(elementType, shape: shape)) takes "
          + "\(overflow ? "too many" : "\(expected)") bytes, found \(proto.raw_data_length)")
    }
    return tensor
  }

  /// Elements that lie in a field of their type.
  private func copy<Value: BitwiseCopyable>(
    _ values: UnsafeBufferPointer<Value>, _ elementType: ElementType, _ shape: Shape
  ) throws(TesseraError) -> Tensor {
    try checkCount(values.count, elementType, shape)
    return try Tensor(elementType: elementType, shape: shape) { bytes in
      bytes.copyMemory(from: UnsafeRawBufferPointer(values))
    }
  }

  /// Elements that lie in a field of wider integers.
  private func copy<Value: FixedWidthInteger, Stored: FixedWidthInteger & BitwiseCopyable>(
    _ values: UnsafeBufferPointer<Value>, _ elementType: ElementType, _ shape: Shape,
    as type: Stored.Type
  ) throws(TesseraError) -> Tensor {
    try checkCount(values.count, elementType, shape)
    return try Tensor(elementType: elementType, shape: shape) { (bytes) throws(TesseraError) in
      for (index, value) in values.enumerated() {
        guard let stored = Stored(exactly: value) else {
          throw TesseraError(
            .invalidInput,
            "element \(index) is \(value), which does not fit '\(elementType.onnxName)'")
        }
        bytes.storeBytes(
          of: stored, toByteOffset: index * MemoryLayout<Stored>.size, as: Stored.self)
      }
    }
  }

  private func checkCount(
    _ count: Int, _ elementType: ElementType, _ shape: Shape
  ) throws(TesseraError) {
    guard count == shape.elementCount else {
      throw TesseraError(
        .invalidInput,
        "a tensor \(TensorType(elementType, shape: shape)) has \(shape.elementCount) elements, found "
          + "\(count)")
    }
  }

  /// The same tensor with 1 for all that is true: files may hold any byte but 0.
  private func normalized(_ tensor: Tensor) throws(TesseraError) -> Tensor {
    guard tensor.elementType == .bool,
      tensor.withUnsafeBytes({ $0.contains { $0 > 1 } })
    else { return tensor }
    return try Tensor(elementType: .bool, shape: tensor.shape) { output in
      tensor.withUnsafeBytes { input in
        for index in input.indices { output[index] = input[index] == 0 ? 0 : 1 }
      }
    }
  }
}
