import CProtobufC
import Tensors

/// How the numbers of one type are written in text, and how they are encoded.
struct TextFormatScalar: Sendable {
  /// What errors call the numbers.
  let name: String
  /// The encoding of the number that a token states; nil if it states none of the type.
  let encode: @Sendable (_ token: String) -> [UInt8]?

  /// The types of numbers that our `.proto` files use, by `ProtobufCType`.
  static let all: [UInt32: TextFormatScalar] = [
    PROTOBUF_C_TYPE_INT32.rawValue: integer(Int32.self),
    PROTOBUF_C_TYPE_INT64.rawValue: integer(Int64.self),
    PROTOBUF_C_TYPE_UINT32.rawValue: integer(UInt32.self),
    PROTOBUF_C_TYPE_UINT64.rawValue: integer(UInt64.self),
    PROTOBUF_C_TYPE_BOOL.rawValue: TextFormatScalar(name: "true or false") { token in
      truthValues[token].map { [$0] }
    },
    PROTOBUF_C_TYPE_FLOAT.rawValue: TextFormatScalar(name: "a number") { token in
      realNumber(token).map { value in
        withUnsafeBytes(of: Float(value).bitPattern.littleEndian, Array.init)
      }
    },
    PROTOBUF_C_TYPE_DOUBLE.rawValue: TextFormatScalar(name: "a number") { token in
      realNumber(token).map { value in
        withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init)
      }
    },
  ]

  private static let truthValues: [String: UInt8] = [
    "true": 1, "True": 1, "t": 1, "1": 1, "false": 0, "False": 0, "f": 0, "0": 0,
  ]

  private static func integer<Value: FixedWidthInteger & Sendable>(
    _ type: Value.Type
  ) -> TextFormatScalar {
    TextFormatScalar(name: "a whole number from \(Value.min) to \(Value.max)") { token in
      guard let value: Value = wholeNumber(token) else { return nil }
      var bytes: [UInt8] = []
      // Negative numbers take 64 bits whatever the type.
      bytes.appendVarint(UInt64(truncatingIfNeeded: Int64(truncatingIfNeeded: value)))
      return bytes
    }
  }
}

extension UnsafePointer<ProtobufCFieldDescriptor> {
  /// The encoding of a number or of an enumeration's value; nil if the token is none of this field.
  func textFormatEncoding(of token: String) -> [UInt8]? {
    guard pointee.type == PROTOBUF_C_TYPE_ENUM else {
      return TextFormatScalar.all[pointee.type.rawValue]?.encode(token)
    }
    guard let values = enumeration else { return nil }
    let value =
      protobuf_c_enum_descriptor_get_value_by_name(values, token)
      ?? wholeNumber(token).flatMap { protobuf_c_enum_descriptor_get_value(values, $0) }
    return value.map { value in
      var bytes: [UInt8] = []
      bytes.appendVarint(UInt64(truncatingIfNeeded: value.pointee.value))
      return bytes
    }
  }

  /// What a text must have where it has `token`.
  func textFormatExpectation(insteadOf token: String) -> String {
    guard let values = enumeration else {
      return TextFormatScalar.all[pointee.type.rawValue]?.name ?? "a value of '\(name)'"
    }
    let names = (0..<Int(values.pointee.n_values)).map {
      String(cString: values.pointee.values[$0].name)
    }
    if names.count <= 4 { return names.joined(separator: " or ") }
    let hint = closest(to: token, in: names).map { " such as \($0)" } ?? ""
    return "a value of \(String(cString: values.pointee.short_name))\(hint)"
  }

  private var enumeration: UnsafePointer<ProtobufCEnumDescriptor>? {
    guard pointee.type == PROTOBUF_C_TYPE_ENUM else { return nil }
    return pointee.descriptor?.assumingMemoryBound(to: ProtobufCEnumDescriptor.self)
  }
}

/// A decimal, hexadecimal (`0x…`) or octal (`0…`) number.
private func wholeNumber<Value: FixedWidthInteger>(_ token: String) -> Value? {
  let isNegative = token.hasPrefix("-")
  let digits = token.dropFirst(isNegative ? 1 : 0)
  guard digits.first?.isNumber == true else { return nil }
  let sign = isNegative ? "-" : ""
  if digits.hasPrefix("0x") || digits.hasPrefix("0X") {
    guard digits.dropFirst(2).first?.isHexDigit == true else { return nil }
    return Value(sign + digits.dropFirst(2), radix: 16)
  }
  return Value(sign + digits, radix: digits.count > 1 && digits.hasPrefix("0") ? 8 : 10)
}

/// A decimal number, possibly with `f` after it, an infinity or NaN.
private func realNumber(_ token: String) -> Double? {
  let isNegative = token.hasPrefix("-")
  var digits = token.dropFirst(isNegative ? 1 : 0).lowercased()
  switch digits {
  case "inf", "infinity": return isNegative ? -.infinity : .infinity
  case "nan": return .nan
  default: break
  }
  if digits.hasSuffix("f") { digits.removeLast() }
  guard let first = digits.first, first.isNumber || first == ".",
    digits.allSatisfy({ "0123456789.e+-".contains($0) })
  else { return nil }
  return Double(digits).map { isNegative ? -$0 : $0 }
}
