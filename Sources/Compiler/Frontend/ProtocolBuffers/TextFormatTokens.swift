import GraphIR
import Tensors

extension TextCursor {
  /// The number, name or truth value that comes next after white space, which it moves past; "" if
  /// none does.
  mutating func textFormatToken() -> String {
    skipSpace()
    let start = position
    while let byte = peek(), isTokenByte(byte) { advance() }
    return text(start..<position)
  }

  /// The bytes of the quoted text that comes next: UTF-8 in `"` or `'`, with C's escapes. Several texts
  /// in a row are one.
  mutating func textFormatString() throws(TesseraError) -> [UInt8] {
    skipSpace()
    let start = position
    guard isNext("\"") || isNext("'") else { throw expected("a quoted text") }
    var content: [UInt8] = []
    while isNext("\"") || isNext("'") { try appendQuoted(to: &content) }
    let isText = content.withUnsafeBytes { $0.firstInvalidUTF8Offset == nil && !$0.contains(0) }
    guard isText else { throw error("the quoted text is not UTF-8 text without NUL", at: start) }
    return content
  }

  private mutating func appendQuoted(to content: inout [UInt8]) throws(TesseraError) {
    let start = position
    guard let quote = peek() else { return }
    advance()
    while let byte = peek(), byte != quote, byte != UInt8(ascii: "\n") {
      advance()
      if byte == UInt8(ascii: "\\") { try appendEscape(to: &content) } else { content.append(byte) }
    }
    guard peek() == quote else {
      throw error("the quoted text has no closing quote on its line", at: start)
    }
    advance()
  }

  /// What the characters after a backslash stand for.
  private mutating func appendEscape(to content: inout [UInt8]) throws(TesseraError) {
    let start = position - 1
    let letter = peek() ?? 0
    if let byte = simpleEscapes[letter] {
      advance()
      content.append(byte)
    } else if let form = numericEscapes[letter] {
      advance(by: form.prefixCount)
      var digits = ""
      while digits.utf8.count < form.digits.upperBound, let byte = peek(),
        Character(Unicode.Scalar(byte)).isHexDigit
      {
        let digit = String(Unicode.Scalar(byte))
        guard Int(digit, radix: form.radix) != nil else { break }
        digits += digit
        advance()
      }
      guard form.digits.contains(digits.utf8.count), let value = UInt32(digits, radix: form.radix),
        let bytes = form.bytes(value)
      else { throw error("the escape after '\\' is malformed", at: start) }
      content += bytes
    } else {
      throw error("there is no escape '\\\(nextCharacter)'", at: start)
    }
  }

  private var nextCharacter: String {
    peek().map { $0 < 0x80 ? String(Unicode.Scalar($0)) : "…" } ?? ""
  }
}

private func isTokenByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
    UInt8(ascii: "+"), UInt8(ascii: "-"):
    true
  default: false
  }
}

/// Escapes of one letter.
private let simpleEscapes: [UInt8: UInt8] = [
  UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "t"): 9, UInt8(ascii: "n"): 10,
  UInt8(ascii: "v"): 11, UInt8(ascii: "f"): 12, UInt8(ascii: "r"): 13,
  UInt8(ascii: "\\"): UInt8(ascii: "\\"), UInt8(ascii: "'"): UInt8(ascii: "'"),
  UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "?"): UInt8(ascii: "?"),
]

/// An escape that gives a byte or a Unicode scalar by its number.
private struct NumericEscape {
  /// Characters before the digits.
  let prefixCount: Int
  let radix: Int
  let digits: ClosedRange<Int>
  let isScalar: Bool

  /// The bytes that the number stands for; nil if there are none.
  func bytes(_ value: UInt32) -> [UInt8]? {
    guard isScalar else { return UInt8(exactly: value).map { [$0] } }
    return Unicode.Scalar(value).map { Array(String($0).utf8) }
  }
}

/// Escapes by the first character after the backslash.
private let numericEscapes: [UInt8: NumericEscape] = {
  let hexadecimal = NumericEscape(prefixCount: 1, radix: 16, digits: 1...2, isScalar: false)
  var forms: [UInt8: NumericEscape] = [
    UInt8(ascii: "x"): hexadecimal, UInt8(ascii: "X"): hexadecimal,
    UInt8(ascii: "u"): NumericEscape(prefixCount: 1, radix: 16, digits: 4...4, isScalar: true),
    UInt8(ascii: "U"): NumericEscape(prefixCount: 1, radix: 16, digits: 8...8, isScalar: true),
  ]
  for digit in UInt8(ascii: "0")...UInt8(ascii: "7") {
    forms[digit] = NumericEscape(prefixCount: 0, radix: 8, digits: 1...3, isScalar: false)
  }
  return forms
}()
