import Tensors

extension TextPrinter {
  mutating func printAttribute(_ name: String, _ attribute: Attribute) {
    switch attribute {
    case .int(let value): write("\(name) = \(value)")
    case .float(let value): write("\(name) = \(Self.number(value))")
    case .string(let value): write("\(name) = \(Self.quoted(value))")
    case .ints(let values): printList(name, "ints", values.map { "\($0)" })
    case .floats(let values): printList(name, "floats", values.map(Self.number))
    case .strings(let values): printList(name, "strings", values.map(Self.quoted))
    case .tensor(let tensor):
      write("\(name) = \(Self.type(TensorType(of: tensor))) ")
      printElements(of: tensor)
    }
  }

  /// Only an empty list needs its type.
  private mutating func printList(_ name: String, _ type: String, _ values: [String]) {
    write(
      values.isEmpty ? "\(name): \(type) = []" : "\(name) = [\(values.joined(separator: ", "))]")
  }

  func isElided(_ tensor: Tensor) -> Bool {
    options.elidesTensorsAbove.map { tensor.shape.elementCount > $0 } ?? false
  }

  /// `{1.0, 2.0}`. Half-precision elements are written as their bit patterns, as ONNX does.
  mutating func printElements(of tensor: Tensor) {
    guard !isElided(tensor) else {
      write("{...}")
      return
    }
    write("{")
    switch tensor.elementType {
    case .float32: printScalars(of: tensor, as: Float.self, Self.number)
    case .float64: printScalars(of: tensor, as: Double.self, Self.number)
    case .float16, .bfloat16, .uint16: printScalars(of: tensor, as: UInt16.self, \.description)
    case .int8: printScalars(of: tensor, as: Int8.self, \.description)
    case .int16: printScalars(of: tensor, as: Int16.self, \.description)
    case .int32: printScalars(of: tensor, as: Int32.self, \.description)
    case .int64: printScalars(of: tensor, as: Int64.self, \.description)
    case .uint8: printScalars(of: tensor, as: UInt8.self, \.description)
    case .uint32: printScalars(of: tensor, as: UInt32.self, \.description)
    case .uint64: printScalars(of: tensor, as: UInt64.self, \.description)
    case .bool: printScalars(of: tensor, as: UInt8.self) { $0 == 0 ? "0" : "1" }
    }
    write("}")
  }

  private mutating func printScalars<Scalar: BitwiseCopyable>(
    of tensor: Tensor, as type: Scalar.Type, _ describe: (Scalar) -> String
  ) {
    tensor.withUnsafeBytes { bytes in
      for index in 0..<tensor.shape.elementCount {
        if index > 0 { write(", ") }
        let offset = index * MemoryLayout<Scalar>.size
        write(describe(bytes.loadUnaligned(fromByteOffset: offset, as: type)))
      }
    }
  }

  /// The shortest decimal number that rounds to `value`. All NaNs are `nan`.
  private static func number<Value: BinaryFloatingPoint & CustomStringConvertible>(
    _ value: Value
  ) -> String {
    value.isNaN ? "nan" : value.description
  }

  /// `float[N,3,?] name`, or the name alone if the type is not known.
  static func typedName(_ name: String, _ type: TensorType?) -> String {
    type.map { "\(Self.type($0)) \(Self.name(name))" } ?? Self.name(name)
  }

  static func type(_ type: TensorType) -> String {
    let elementType = type.elementType.onnxName
    guard let dimensions = type.dimensions else { return "\(elementType)[]" }
    if dimensions.isEmpty { return elementType }
    let extents = dimensions.map { dimension in
      switch dimension {
      case .fixed(let extent): "\(extent)"
      case .symbol(let symbol): name(symbol)
      case .unknown: "?"
      }
    }
    return "\(elementType)[\(extents.joined(separator: ","))]"
  }

  /// `text` as a name: quoted unless it is an identifier that is not also the name of a type.
  static func name(_ text: String) -> String {
    TextCharacter.isIdentifier(text) && !isTypeName(text) ? text : quoted(text)
  }

  static func quoted(_ text: String) -> String {
    var result = "\""
    for character in text.unicodeScalars {
      if character == "\\" || character == "\"" { result.unicodeScalars.append("\\") }
      result.unicodeScalars.append(character)
    }
    return result + "\""
  }
}
