import CProtobufC
import Tensors

/// Checks the wire format of a protocol-buffers message before libprotobuf-c decodes it: that
/// decoder neither says where a file is damaged nor limits what it allocates.
///
/// The scan also makes a small copy of the message for the decoder: fields that the message's
/// descriptor does not know are left out, and so are the bytes of `TensorProto.raw_data`, of which
/// only the place is noted (`mapped_offset`, `mapped_length`). Weights stay in the file.
struct WireScanner {
  /// The most bytes of memory that the decoder may need for messages, strings and places: each takes
  /// far more there than the two bytes that it may take in the file.
  static let maximumDecodedByteCount = 1 << 30
  /// About what an allocation or an entry of a list costs besides its content.
  private static let overheadByteCount = 48

  private typealias Descriptor = UnsafePointer<ProtobufCMessageDescriptor>

  private let bytes: UnsafeRawBufferPointer
  private let output = ByteBuffer()
  private var decodedByteCount = 0

  /// Scans `bytes`, a message of type `descriptor`.
  ///
  /// - Returns: The message for the decoder.
  /// - Throws: `TesseraError` with the byte offset of the first malformed field, or if memory is refused.
  static func scan(
    _ bytes: UnsafeRawBufferPointer, as descriptor: UnsafePointer<ProtobufCMessageDescriptor>
  ) throws(TesseraError) -> ByteBuffer {
    var scanner = WireScanner(bytes: bytes)
    try scanner.message(in: 0..<bytes.count, descriptor)
    return scanner.output
  }

  private init(bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  /// Scans the message in `range`. The recursion ends: no message of our `.proto` files contains itself.
  private mutating func message(
    in range: Range<Int>, _ descriptor: Descriptor
  ) throws(TesseraError) {
    var position = range.lowerBound
    while position < range.upperBound {
      let start = position
      let tag = try varint(at: &position, before: range.upperBound)
      guard let number = UInt32(exactly: tag >> 3), number > 0, number < 1 << 29,
        let wireType = WireType(rawValue: UInt8(tag & 7))
      else {
        throw failure(
          "expected the start of a field of \(descriptor.name), found tag \(tag)", at: start)
      }
      let known = descriptor.field(number: number)
      let content = try content(
        of: wireType, at: &position, before: range.upperBound,
        what: known.map { "'\($0.name)' of \(descriptor.name)" } ?? "field \(number)",
        start: start)
      guard let field = known else { continue }
      guard field.accepts(wireType) else {
        throw failure(
          "'\(field.name)' of \(descriptor.name) is encoded as \(wireType), which does not fit its "
            + "type", at: start)
      }

      switch field.pointee.type {
      case PROTOBUF_C_TYPE_MESSAGE:
        guard let raw = field.pointee.descriptor else { continue }
        let type = raw.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
        try countBytes(type.pointee.sizeof_message, at: start)
        try output.append(varint: tag)
        try outputLength { (scanner) throws(TesseraError) in
          try scanner.message(in: content, type)
        }
      case PROTOBUF_C_TYPE_STRING:
        try checkText(in: content, field.name, at: start)
        try countBytes(content.count, at: start)
        try copy(start..<position)
      default:
        if wireType == .lengthDelimited {
          try checkPacked(content, field, at: start)
          try countBytes(0, at: start)
          if let place = descriptor.placeNumbers(of: field) {
            try output.append(varint: UInt64(place.offset) << 3)
            try output.append(varint: UInt64(content.lowerBound))
            try output.append(varint: UInt64(place.length) << 3)
            try output.append(varint: UInt64(content.count))
            continue
          }
        }
        try copy(start..<position)
      }
    }
  }

  private func copy(_ range: Range<Int>) throws(TesseraError) {
    try output.append(UnsafeRawBufferPointer(rebasing: bytes[range]))
  }

  /// Puts the length of what `content` outputs in front of it: in five bytes, whatever it is, since it is
  /// known afterwards.
  private mutating func outputLength(
    _ content: (inout WireScanner) throws(TesseraError) -> Void
  ) throws(TesseraError) {
    let start = output.count
    let lengthByteCount = 5
    for _ in 0..<lengthByteCount { try output.append(element: UInt8(0)) }
    try content(&self)
    let length = output.count - start - lengthByteCount
    for index in 0..<lengthByteCount {
      let more: UInt8 = index < lengthByteCount - 1 ? 0x80 : 0
      output.replace(
        UInt8(truncatingIfNeeded: length >> (7 * index)) & 0x7F | more, at: start + index)
    }
  }

  /// Moves past a field's content: for length-delimited fields, what follows the length.
  private func content(
    of wireType: WireType, at position: inout Int, before end: Int, what: String, start: Int
  ) throws(TesseraError) -> Range<Int> {
    var length: UInt64
    switch wireType {
    case .varint:
      let first = position
      _ = try varint(at: &position, before: end)
      return first..<position
    case .fixed64: length = 8
    case .fixed32: length = 4
    case .lengthDelimited: length = try varint(at: &position, before: end)
    }
    guard length <= UInt64(end - position) else {
      throw failure("\(what) takes \(length) bytes, but only \(end - position) remain", at: start)
    }
    let first = position
    position += Int(length)
    return first..<position
  }

  private func varint(at position: inout Int, before end: Int) throws(TesseraError) -> UInt64 {
    let start = position
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < end else { throw failure("the file ends inside a number", at: start) }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
    }
    throw failure("a number takes more than 10 bytes", at: start)
  }

  /// Checks that the elements of a packed repeated field fill `range`.
  private func checkPacked(
    _ range: Range<Int>, _ field: UnsafePointer<ProtobufCFieldDescriptor>, at start: Int
  ) throws(TesseraError) {
    switch field.scalarWireType {
    case .varint:
      var position = range.lowerBound
      while position < range.upperBound { _ = try varint(at: &position, before: range.upperBound) }
    case .fixed32 where range.count % 4 != 0, .fixed64 where range.count % 8 != 0:
      throw failure(
        "'\(field.name)' takes \(range.count) bytes, which is no whole number of elements",
        at: start)
    default: return
    }
  }

  private func checkText(in range: Range<Int>, _ name: String, at start: Int) throws(TesseraError) {
    let text = UnsafeRawBufferPointer(rebasing: bytes[range])
    guard text.firstInvalidUTF8Offset == nil, !text.contains(0) else {
      throw failure("'\(name)' is not UTF-8 text", at: start)
    }
  }

  private mutating func countBytes(_ count: Int, at start: Int) throws(TesseraError) {
    decodedByteCount += count + Self.overheadByteCount
    guard decodedByteCount <= Self.maximumDecodedByteCount else {
      throw failure("the file's messages take more than 1 GiB of memory", at: start)
    }
  }

  private func failure(_ message: String, at offset: Int) -> TesseraError {
    TesseraError(.invalidInput, message, at: .byteOffset(offset))
  }
}
