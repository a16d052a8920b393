import Tensors

/// What the header of an NPY file says about the array that follows it.
///
/// Format: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>, versions 1 to 3.
struct NPYHeader: Equatable {
  var elementType: ElementType
  var isBigEndian = false
  /// The first dimension varies fastest.
  var isFortranOrder = false
  var shape: Shape

  /// The six bytes that every file starts with.
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// The longest header that we read, in bytes. A header of 64 dimensions takes less than 2 KiB.
  static let maximumByteCount = 1 << 16

  /// NumPy's type codes, without the byte order.
  private static let codes: [(code: String, elementType: ElementType)] = [
    ("b1", .bool),
    ("i1", .int8), ("i2", .int16), ("i4", .int32), ("i8", .int64),
    ("u1", .uint8), ("u2", .uint16), ("u4", .uint32), ("u8", .uint64),
    ("f2", .float16), ("f4", .float32), ("f8", .float64),
  ]

  /// What the elements take.
  var byteCount: Int { shape.elementCount * elementType.byteCount }

  /// - Throws: `TesseraError` unless the elements, which start at `byteOffset`, take `found` bytes.
  func requireDataByteCount(_ found: Int, at byteOffset: Int) throws(TesseraError) {
    guard byteCount == found else {
      throw TesseraError(
        .invalidInput,
        "\(elementType) elements of shape \(shape) take \(byteCount) bytes, found \(found)",
        at: .byteOffset(byteOffset))
    }
  }

  init(elementType: ElementType, shape: Shape) {
    self.elementType = elementType
    self.shape = shape
  }

  /// Reads the header at the start of `bytes`.
  ///
  /// - Returns: the header and the offset in bytes of the first element.
  /// - Throws: `TesseraError` with the byte offset of what is wrong.
  static func read(
    _ bytes: UnsafeRawBufferPointer
  ) throws(TesseraError) -> (header: NPYHeader, dataByteOffset: Int) {
    guard bytes.count >= 10 else {
      throw TesseraError(
        .invalidInput, "expected an NPY header of at least 10 bytes, found \(bytes.count) bytes",
        at: .byteOffset(0))
    }
    guard bytes.prefix(6).elementsEqual(magic) else {
      throw TesseraError(
        .invalidInput, "expected an NPY file, which starts with \\x93NUMPY", at: .byteOffset(0))
    }
    let version = bytes[6]
    let lengthByteCount: Int
    switch version {
    case 1: lengthByteCount = 2
    case 2, 3: lengthByteCount = 4
    default:
      throw TesseraError(
        .invalidInput, "expected NPY version 1, 2 or 3, found \(version)", at: .byteOffset(6))
    }
    let textStart = 8 + lengthByteCount
    guard bytes.count >= textStart else {
      throw TesseraError(.invalidInput, "the header is cut off", at: .byteOffset(bytes.count))
    }
    var length = 0
    for index in 0..<lengthByteCount { length |= Int(bytes[8 + index]) << (8 * index) }
    guard length <= maximumByteCount else {
      throw TesseraError(
        .invalidInput,
        "expected a header of at most \(maximumByteCount) bytes, found a length of \(length)",
        at: .byteOffset(8))
    }
    guard length <= bytes.count - textStart else {
      throw TesseraError(
        .invalidInput,
        "the header takes \(length) bytes, but only \(bytes.count - textStart) follow",
        at: .byteOffset(8))
    }
    let text = UnsafeRawBufferPointer(rebasing: bytes[textStart..<textStart + length])
    var scanner = PythonLiteralScanner(text, byteOffset: textStart)
    let header = try parse(&scanner)
    return (header, textStart + length)
  }

  private static func parse(_ scanner: inout PythonLiteralScanner) throws(TesseraError) -> NPYHeader
  {
    var descriptor: (text: String, byteOffset: Int)?
    var isFortranOrder: Bool?
    var shape: Shape?

    try scanner.expect("{")
    while !scanner.consume("}") {
      let keyOffset = scanner.nextByteOffset
      let key = try scanner.string()
      try scanner.expect(":")
      let valueOffset = scanner.nextByteOffset
      switch key {
      case "descr" where descriptor == nil:
        guard !scanner.isNext("[") else {
          throw TesseraError(
            .invalidInput, "structured element types are not supported",
            at: .byteOffset(valueOffset))
        }
        descriptor = (try scanner.string(), valueOffset)
      case "fortran_order" where isFortranOrder == nil:
        isFortranOrder = try scanner.boolean()
      case "shape" where shape == nil:
        let extents = try scanner.tuple()
        shape = Shape(extents)
        guard shape != nil else {
          throw TesseraError(
            .invalidInput, "the shape \(extents) has too many elements",
            at: .byteOffset(valueOffset))
        }
      default:
        throw TesseraError(
          .invalidInput,
          "expected the keys 'descr', 'fortran_order' and 'shape' once each, found '\(key)'",
          at: .byteOffset(keyOffset))
      }
      if !scanner.consume(",") {
        try scanner.expect("}")
        break
      }
    }
    try scanner.expectEnd()

    guard let descriptor, let isFortranOrder, let shape else {
      throw TesseraError(
        .invalidInput, "expected the keys 'descr', 'fortran_order' and 'shape'",
        at: .byteOffset(scanner.nextByteOffset))
    }
    guard let (elementType, isBigEndian) = element(descriptor.text) else {
      let known = codes.map(\.code).joined(separator: ", ")
      throw TesseraError(
        .invalidInput, "element type '\(descriptor.text)' is not one of \(known)",
        at: .byteOffset(descriptor.byteOffset))
    }
    var header = NPYHeader(elementType: elementType, shape: shape)
    header.isBigEndian = isBigEndian
    header.isFortranOrder = isFortranOrder
    return header
  }

  /// Splits a type such as `<f4` into the element type and the byte order.
  private static func element(_ text: String) -> (ElementType, isBigEndian: Bool)? {
    guard let order = text.first, "<>|=".contains(order),
      let match = codes.first(where: { $0.code == text.dropFirst() })
    else { return nil }
    return (match.elementType, order == ">" && match.elementType.byteCount > 1)
  }

  /// The header as NumPy writes it in version 1, padded so that the elements start at a multiple of
  /// 64 bytes.
  ///
  /// - Throws: `TesseraError` if NPY has no code for the element type (bfloat16).
  func encoded() throws(TesseraError) -> [UInt8] {
    guard let match = Self.codes.first(where: { $0.elementType == elementType }) else {
      throw TesseraError(.unsupported, "an NPY file cannot hold elements of type \(elementType)")
    }
    let order = elementType.byteCount == 1 ? "|" : isBigEndian ? ">" : "<"
    let extents = shape.dimensions.map(String.init).joined(separator: ", ")
    let tuple = shape.rank == 1 ? "(\(extents),)" : "(\(extents))"
    let fortran = isFortranOrder ? "True" : "False"
    var text = Array(
      "{'descr': '\(order)\(match.code)', 'fortran_order': \(fortran), 'shape': \(tuple), }".utf8)
    let unpadded = 10 + text.count + 1
    text += [UInt8](repeating: 0x20, count: (64 - unpadded % 64) % 64) + [0x0A]
    guard text.count <= UInt16.max else {
      throw TesseraError(.invalidInput, "a shape of \(shape.rank) dimensions does not fit NPY")
    }
    return Self.magic + [1, 0, UInt8(text.count & 0xFF), UInt8(text.count >> 8)] + text
  }
}
