import Tensors

/// A constant of the textual syntax.
enum TextLiteral {
  case integer(String)
  case real(String)
  case string(String)
}

extension TextCursor {
  /// Whether the next identifier is one of the words for values that are not finite numbers.
  mutating func isNextNonFinite() -> Bool {
    ["inf", "infinity", "nan"].contains(peekIdentifier().lowercased())
  }

  /// A quoted string, an integer, or a real number: `-1.5e-3`, `inf`, `-inf`, `nan`.
  mutating func literal(_ what: String) throws(TesseraError) -> TextLiteral {
    isNext("\"") ? .string(try quotedString(what)) : try number(what)
  }

  /// An integer or a real number. Digits come first: `+1` and `.5` are not numbers.
  mutating func number(_ what: String) throws(TesseraError) -> TextLiteral {
    skipSpace()
    let start = position
    if peek() == TextCharacter.minus { advance() }

    guard let first = peek(), TextCharacter.isDigit(first) else {
      if let first = peek(), TextCharacter.isWord(first), isNextNonFinite() {
        _ = identifier()
        return .real(text(start..<position))
      }
      advance(by: start - position)
      throw expected(what)
    }
    var isReal = false
    skipDigits()
    if peek() == TextCharacter.point {
      isReal = true
      advance()
      skipDigits()
    }
    if let byte = peek(), byte | 0x20 == UInt8(ascii: "e") {
      isReal = true
      advance()
      if let sign = peek(), sign == TextCharacter.plus || sign == TextCharacter.minus { advance() }
      guard let digit = peek(), TextCharacter.isDigit(digit) else {
        throw expected("the digits of an exponent")
      }
      skipDigits()
    }
    if let byte = peek(), TextCharacter.isWord(byte) || byte == TextCharacter.point {
      throw error("'\(text(start..<position + 1))' is not a number", at: start)
    }
    let digits = text(start..<position)
    return isReal ? .real(digits) : .integer(digits)
  }

  /// An integer in the range of `Integer`.
  mutating func integer<Integer: FixedWidthInteger>(
    _ what: String, as type: Integer.Type = Integer.self
  ) throws(TesseraError) -> Integer {
    skipSpace()
    let start = position
    guard case .integer(let digits) = try number(what) else {
      throw error("expected \(what), found '\(text(start..<position))'", at: start)
    }
    guard let value = Integer(digits) else {
      throw error("\(what): expected \(Integer.min) to \(Integer.max), found \(digits)", at: start)
    }
    return value
  }

  /// A number as a floating-point value: the nearest one.
  mutating func real<Value: LosslessStringConvertible & BinaryFloatingPoint>(
    _ what: String, as type: Value.Type = Value.self
  ) throws(TesseraError) -> Value {
    skipSpace()
    let start = position
    switch try number(what) {
    case .integer(let digits), .real(let digits):
      return try real(digits, at: start)
    case .string:
      throw error("expected \(what), found a quoted text", at: start)
    }
  }

  /// The value of the digits that `number` returned, which stand at byte offset `start`.
  func real<Value: LosslessStringConvertible & BinaryFloatingPoint>(
    _ digits: String, at start: Int, as type: Value.Type = Value.self
  ) throws(TesseraError) -> Value {
    guard let value = Value(digits) else { throw error("'\(digits)' is not a number", at: start) }
    let namesInfinity = digits.utf8.last.map {
      !TextCharacter.isDigit($0) && $0 != TextCharacter.point
    }
    if value.isInfinite && namesInfinity != true {
      throw error("\(digits) is too large for its type", at: start)
    }
    return value
  }

  private mutating func skipDigits() {
    while let byte = peek(), TextCharacter.isDigit(byte) { advance() }
  }
}
