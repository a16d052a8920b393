import Tensors

/// A place in a text, with the lexical rules that ONNX's textual syntax shares with protocol buffers' text
/// format: white space, comments from `#` to the end of the line and identifiers; and the quoted strings
/// of the former.
package struct TextCursor {
  private let bytes: [UInt8]
  /// The offset of the next byte.
  package private(set) var position = 0

  package init(_ text: String) {
    bytes = Array(text.utf8)
  }

  /// The byte `distance` places ahead; nil at the end of the text.
  package func peek(_ distance: Int = 0) -> UInt8? {
    let index = position + distance
    return index < bytes.count ? bytes[index] : nil
  }

  package mutating func advance(by count: Int = 1) {
    position = min(position + count, bytes.count)
  }

  /// Moves back to an offset that `position` had.
  package mutating func rewind(to offset: Int) {
    position = min(offset, position)
  }

  /// Moves past white space and comments.
  package mutating func skipSpace() {
    while let byte = peek() {
      if byte == TextCharacter.number {
        while let inComment = peek(), inComment != TextCharacter.newline { advance() }
      } else if byte == TextCharacter.space || (9...13).contains(byte) {
        advance()
      } else {
        return
      }
    }
  }

  /// Moves past `character` if it comes next after white space.
  package mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard peek() == UInt8(ascii: character) else { return false }
    advance()
    return true
  }

  /// True if `character` comes next after white space.
  package mutating func isNext(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    return peek() == UInt8(ascii: character)
  }

  package mutating func expect(_ character: Unicode.Scalar) throws(TesseraError) {
    guard take(character) else { throw expected("'\(character)'") }
  }

  /// True at the end of the text, not counting white space and comments.
  package mutating func isAtEnd() -> Bool {
    skipSpace()
    return peek() == nil
  }

  /// The identifier (`[A-Za-z_][A-Za-z0-9_]*`) that comes next, which it moves past; "" if none does.
  package mutating func identifier() -> String {
    let text = peekIdentifier()
    advance(by: text.utf8.count)
    return text
  }

  /// The identifier that comes next after white space; "" if none does.
  package mutating func peekIdentifier() -> String {
    skipSpace()
    var end = position
    while end < bytes.count, TextCharacter.isWord(bytes[end]) { end += 1 }
    guard end > position, !TextCharacter.isDigit(bytes[position]) else { return "" }
    return text(position..<end)
  }

  package mutating func requireIdentifier(_ what: String) throws(TesseraError) -> String {
    let name = identifier()
    guard !name.isEmpty else { throw expected(what) }
    return name
  }

  /// A quoted string, in which `\` takes the next character literally.
  mutating func quotedString(_ what: String) throws(TesseraError) -> String {
    skipSpace()
    let start = position
    guard take("\"") else { throw expected(what) }
    var content: [UInt8] = []
    while let byte = peek(), byte != TextCharacter.quote {
      if byte == TextCharacter.backslash { advance() }
      guard let literal = peek() else { break }
      content.append(literal)
      advance()
    }
    guard take("\"") else {
      throw error("the quoted text has no closing '\"'", at: start)
    }
    guard !content.contains(0) else {
      throw error("the quoted text has a NUL character", at: start)
    }
    return String(decoding: content, as: UTF8.self)
  }

  /// The bytes of `range` as text.
  package func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
  }

  /// The line and column, both from 1, of a byte offset. Columns count Unicode scalars.
  package func location(of offset: Int) -> Location {
    locations(of: [offset])[0]
  }

  /// The lines and columns of many byte offsets, in one pass over the text.
  func locations(of offsets: [Int]) -> [Location] {
    var locations = offsets.map { _ in Location.line(1, column: 1) }
    var position = 0
    var line = 1
    var column = 1
    for index in offsets.indices.sorted(by: { offsets[$0] < offsets[$1] }) {
      while position < min(offsets[index], bytes.count) {
        let byte = bytes[position]
        position += 1
        if byte == TextCharacter.newline {
          line += 1
          column = 1
        } else if byte & 0xC0 != 0x80 {
          column += 1
        }
      }
      locations[index] = .line(line, column: column)
    }
    return locations
  }

  package func error(
    _ message: String, kind: TesseraError.Kind = .invalidInput, at offset: Int? = nil
  ) -> TesseraError {
    TesseraError(kind, message, at: location(of: offset ?? position))
  }

  /// `expected <what>, found <the next token>`, at the next token.
  package mutating func expected(_ what: String) -> TesseraError {
    skipSpace()
    return error("expected \(what), found \(nextToken())")
  }

  private func nextToken() -> String {
    guard let first = peek() else { return "the end of the text" }
    var end = position + 1
    if TextCharacter.isWord(first) {
      while end < bytes.count, end < position + 40, TextCharacter.isWord(bytes[end]) { end += 1 }
    } else if first >= 0x80 {
      while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
    }
    return "'\(text(position..<end))'"
  }
}

/// The characters with a meaning in the syntax.
enum TextCharacter {
  static let newline = UInt8(ascii: "\n")
  static let space = UInt8(ascii: " ")
  static let number = UInt8(ascii: "#")
  static let quote = UInt8(ascii: "\"")
  static let backslash = UInt8(ascii: "\\")
  static let minus = UInt8(ascii: "-")
  static let plus = UInt8(ascii: "+")
  static let point = UInt8(ascii: ".")

  static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// True for letters, digits and `_`.
  static func isWord(_ byte: UInt8) -> Bool {
    let lowercase = byte | 0x20
    return isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lowercase)
      || byte == UInt8(ascii: "_")
  }

  /// True if `text` needs no quotes where a name is expected.
  static func isIdentifier(_ text: String) -> Bool {
    guard let first = text.utf8.first, !isDigit(first) else { return false }
    return text.utf8.allSatisfy(isWord)
  }
}
