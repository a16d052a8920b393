import CProtobufC
import Tensors

/// How a field's content is encoded. Groups, which no file that we read has, are left out.
enum WireType: UInt8, CustomStringConvertible {
  case varint = 0
  case fixed64 = 1
  case lengthDelimited = 2
  case fixed32 = 5

  var description: String {
    switch self {
    case .varint: "a number"
    case .fixed64: "8 bytes"
    case .lengthDelimited: "a length and bytes"
    case .fixed32: "4 bytes"
    }
  }
}

extension UnsafePointer<ProtobufCMessageDescriptor> {
  /// The message's name in the `.proto` file.
  var name: String { pointee.short_name.map { String(cString: $0) } ?? "" }

  /// Fields from this number on are our own: no file may set them.
  private var firstOwnNumber: UInt32 { 100_000_000 }

  /// All fields that files may use, in ascending order of their numbers.
  var fields: [UnsafePointer<ProtobufCFieldDescriptor>] {
    (0..<Int(pointee.n_fields)).map { pointee.fields + $0 }
      .filter { $0.pointee.id < firstOwnNumber }
  }

  /// The field with a number that files may use; nil for unknown ones.
  func field(number: UInt32) -> UnsafePointer<ProtobufCFieldDescriptor>? {
    number < firstOwnNumber ? protobuf_c_message_descriptor_get_field(self, number) : nil
  }

  /// The field with a name that files may use; nil for unknown ones.
  func field(named name: String) -> UnsafePointer<ProtobufCFieldDescriptor>? {
    protobuf_c_message_descriptor_get_field_by_name(self, name)
      .flatMap { $0.pointee.id < firstOwnNumber ? $0 : nil }
  }

  /// The numbers of our own fields that hold where in the file the content of `field` lies; nil if the
  /// message has none.
  func placeNumbers(
    of field: UnsafePointer<ProtobufCFieldDescriptor>
  ) -> (offset: UInt32, length: UInt32)? {
    guard
      let offset = protobuf_c_message_descriptor_get_field_by_name(self, field.name + "_offset"),
      let length = protobuf_c_message_descriptor_get_field_by_name(self, field.name + "_length")
    else { return nil }
    return (offset.pointee.id, length.pointee.id)
  }
}

extension UnsafePointer<ProtobufCFieldDescriptor> {
  var name: String { pointee.name.map { String(cString: $0) } ?? "" }

  /// The encoding of one value.
  var scalarWireType: WireType {
    switch pointee.type {
    case PROTOBUF_C_TYPE_STRING, PROTOBUF_C_TYPE_BYTES, PROTOBUF_C_TYPE_MESSAGE: .lengthDelimited
    case PROTOBUF_C_TYPE_FLOAT, PROTOBUF_C_TYPE_FIXED32, PROTOBUF_C_TYPE_SFIXED32: .fixed32
    case PROTOBUF_C_TYPE_DOUBLE, PROTOBUF_C_TYPE_FIXED64, PROTOBUF_C_TYPE_SFIXED64: .fixed64
    default: .varint
    }
  }

  /// Repeated numbers may be packed or not, whatever the `.proto` file says.
  func accepts(_ wireType: WireType) -> Bool {
    wireType == scalarWireType
      || (wireType == .lengthDelimited && pointee.label == PROTOBUF_C_LABEL_REPEATED)
  }
}

extension [UInt8] {
  mutating func appendVarint(_ value: UInt64) {
    var rest = value
    while rest > 0x7F {
      append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }
}

extension ByteBuffer {
  func append(varint value: UInt64) throws(TesseraError) {
    var rest = value
    while rest > 0x7F {
      try append(element: UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    try append(element: UInt8(rest))
  }

  /// All bytes as the decoder takes them.
  var messageBytes: UnsafePointer<UInt8>? { bytes.bindMemory(to: UInt8.self).baseAddress }
}

extension UnsafeRawBufferPointer {
  /// Where the bytes stop being UTF-8; nil if all are.
  var firstInvalidUTF8Offset: Int? {
    var iterator = makeIterator()
    var parser = Unicode.UTF8.ForwardParser()
    var offset = 0
    while true {
      switch parser.parseScalar(from: &iterator) {
      case .valid(let scalar): offset += scalar.count
      case .error: return offset
      case .emptyInput: return nil
      }
    }
  }
}
