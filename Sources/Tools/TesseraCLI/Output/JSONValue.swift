/// A JSON text (RFC 8259) in the making. Objects keep the order of their members.
enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  /// `null` in the text if it is not finite, which JSON cannot say.
  case double(Double)
  /// As `double`, with the fewest digits that identify a `Float`.
  case float(Float)
  case string(String)
  case array([JSONValue])
  case object(KeyValuePairs<String, JSONValue>)
  /// An object whose members are found at run time.
  case members([(name: String, value: JSONValue)])

  /// The value as one line.
  var text: String {
    var text = ""
    append(to: &text)
    return text
  }

  private func append(to text: inout String) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .double(let value): text += value.isFinite ? "\(value)" : "null"
    case .float(let value): text += value.isFinite ? "\(value)" : "null"
    case .string(let value): Self.append(value, to: &text)
    case .array(let values):
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += ", " }
        value.append(to: &text)
      }
      text += "]"
    case .object(let pairs):
      Self.append(pairs.map { ($0.key, $0.value) }, to: &text)
    case .members(let members):
      Self.append(members, to: &text)
    }
  }

  private static func append(
    _ members: [(name: String, value: JSONValue)], to text: inout String
  ) {
    text += "{"
    for (index, member) in members.enumerated() {
      if index > 0 { text += ", " }
      append(member.name, to: &text)
      text += ": "
      member.value.append(to: &text)
    }
    text += "}"
  }

  private static func append(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  init(stringLiteral value: String) { self = .string(value) }
  init(integerLiteral value: Int) { self = .integer(value) }
}

extension JSONValue {
  /// An array of strings.
  static func strings(_ values: [String]) -> JSONValue { .array(values.map(JSONValue.string)) }

  /// An array of whole numbers.
  static func integers(_ values: [Int]) -> JSONValue { .array(values.map(JSONValue.integer)) }
}
