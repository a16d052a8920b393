import CProtobufC
import GraphIR
import Tensors

/// Translates a message in protocol buffers' text format into the binary encoding that libprotobuf-c
/// decodes, by the fields that the message's descriptor declares.
///
/// Of a message whose type is called `Skipped` the syntax is checked and nothing is kept.
struct TextFormatParser {
  /// How many messages a text may hold: each costs the decoder far more memory than it takes here.
  static let maximumMessageCount = 200_000
  /// How deep messages of which nothing is kept may nest.
  static let maximumDepth = 100

  private typealias Descriptor = UnsafePointer<ProtobufCMessageDescriptor>
  private typealias Field = UnsafePointer<ProtobufCFieldDescriptor>

  private var cursor: TextCursor
  private var messageCount = 0

  /// Translates `text`, a message of type `descriptor`.
  ///
  /// - Throws: `TesseraError` with the line and column, what was expected there and what was found.
  static func encode(
    _ text: String, as descriptor: UnsafePointer<ProtobufCMessageDescriptor>
  ) throws(TesseraError) -> [UInt8] {
    var parser = TextFormatParser(cursor: TextCursor(text))
    return try parser.message(descriptor, until: nil)
  }

  private init(cursor: TextCursor) {
    self.cursor = cursor
  }

  /// The fields of a message up to `end`, which is consumed, or to the end of the text.
  private mutating func message(
    _ descriptor: Descriptor, until end: Unicode.Scalar?
  ) throws(TesseraError) -> [UInt8] {
    messageCount += 1
    guard messageCount <= Self.maximumMessageCount else {
      throw cursor.error("the text has more than \(Self.maximumMessageCount) messages")
    }
    var output: [UInt8] = []
    var given: Set<String> = []
    while !isAtEnd(end) {
      let start = cursor.position
      let name = cursor.identifier()
      guard !name.isEmpty else {
        throw cursor.expected("a field of \(descriptor.name)" + (end.map { " or '\($0)'" } ?? ""))
      }
      guard let field = descriptor.field(named: name) else {
        let hint = closest(to: name, in: descriptor.fields.map(\.name))
        throw cursor.error(
          "\(descriptor.name) has no field '\(name.prefix(60))'"
            + (hint.map { "; did you mean '\($0)'?" } ?? ""), at: start)
      }
      guard given.insert(name).inserted || field.pointee.label == PROTOBUF_C_LABEL_REPEATED else {
        throw cursor.error("'\(name)' of \(descriptor.name) is given twice", at: start)
      }
      try values(of: field, into: &output)
      skipSeparator()
    }
    return output
  }

  /// One value, or a list of them in brackets, with the colon before them.
  private mutating func values(of field: Field, into output: inout [UInt8]) throws(TesseraError) {
    let isMessage = field.pointee.type == PROTOBUF_C_TYPE_MESSAGE
    guard cursor.take(":") || isMessage else {
      throw cursor.expected("':' after '\(field.name)'")
    }
    guard field.pointee.label == PROTOBUF_C_LABEL_REPEATED, cursor.take("[") else {
      return try value(of: field, into: &output)
    }
    guard !cursor.take("]") else { return }
    repeat { try value(of: field, into: &output) } while cursor.take(",")
    try cursor.expect("]")
  }

  private mutating func value(of field: Field, into output: inout [UInt8]) throws(TesseraError) {
    output.appendVarint(UInt64(field.pointee.id) << 3 | UInt64(field.scalarWireType.rawValue))
    switch field.pointee.type {
    case PROTOBUF_C_TYPE_MESSAGE:
      let content = try nestedMessage(of: field)
      output.appendVarint(UInt64(content.count))
      output += content
    case PROTOBUF_C_TYPE_STRING:
      let content = try cursor.textFormatString()
      output.appendVarint(UInt64(content.count))
      output += content
    default:
      cursor.skipSpace()
      let start = cursor.position
      let token = cursor.textFormatToken()
      guard let encoded = field.textFormatEncoding(of: token) else {
        cursor.rewind(to: start)
        throw cursor.expected(field.textFormatExpectation(insteadOf: token))
      }
      output += encoded
    }
  }

  private mutating func nestedMessage(of field: Field) throws(TesseraError) -> [UInt8] {
    guard let end = openMessage() else { throw cursor.expected("'{' after '\(field.name)'") }
    guard let raw = field.pointee.descriptor else { return [] }
    let descriptor = raw.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
    guard descriptor.name == "Skipped" else { return try message(descriptor, until: end) }
    try skipMessage(until: end, depth: 1)
    return []
  }

  /// Moves past the brace that opens a message; returns the one that closes it.
  private mutating func openMessage() -> Unicode.Scalar? {
    if cursor.take("{") { return "}" }
    return cursor.take("<") ? ">" : nil
  }

  private mutating func isAtEnd(_ end: Unicode.Scalar?) -> Bool {
    if let end { cursor.take(end) } else { cursor.isAtEnd() }
  }

  private mutating func skipSeparator() {
    if !cursor.take(",") { _ = cursor.take(";") }
  }

  private mutating func skipMessage(
    until end: Unicode.Scalar, depth: Int
  ) throws(TesseraError) {
    guard depth <= Self.maximumDepth else {
      throw cursor.error("messages nest more than \(Self.maximumDepth) deep")
    }
    while !cursor.take(end) {
      let name = try cursor.requireIdentifier("a field or '\(end)'")
      let hasColon = cursor.take(":")
      if hasColon, cursor.take("[") {
        while !cursor.take("]") {
          try skipValue(of: name, depth: depth)
          if !cursor.take(",") {
            try cursor.expect("]")
            break
          }
        }
      } else if hasColon || cursor.isNext("{") || cursor.isNext("<") {
        try skipValue(of: name, depth: depth)
      } else {
        throw cursor.expected("':' or '{' after '\(name.prefix(60))'")
      }
      skipSeparator()
    }
  }

  private mutating func skipValue(of name: String, depth: Int) throws(TesseraError) {
    if let end = openMessage() { return try skipMessage(until: end, depth: depth + 1) }
    if cursor.isNext("\"") || cursor.isNext("'") {
      _ = try cursor.textFormatString()
    } else if cursor.textFormatToken().isEmpty {
      throw cursor.expected("a value of '\(name.prefix(60))'")
    }
  }
}
