import Tensors

/// Reads the few Python literals that an NPY header is made of: strings, booleans and tuples of
/// integers. Nothing nests, so no input can exhaust the stack.
struct PythonLiteralScanner {
  private let bytes: UnsafeRawBufferPointer
  private let startByteOffset: Int
  private var index = 0

  /// - Parameter byteOffset: where `bytes` start in the file; errors count from there.
  init(_ bytes: UnsafeRawBufferPointer, byteOffset: Int) {
    self.bytes = bytes
    startByteOffset = byteOffset
  }

  /// The offset in the file of the next token.
  var nextByteOffset: Int {
    mutating get {
      skipSpace()
      return startByteOffset + index
    }
  }

  /// Whether the next token starts with `character`.
  mutating func isNext(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    return index < bytes.count && UInt32(bytes[index]) == character.value
  }

  /// Takes `character` if it is next.
  mutating func consume(_ character: Unicode.Scalar) -> Bool {
    guard isNext(character) else { return false }
    index += 1
    return true
  }

  mutating func expect(_ character: Unicode.Scalar) throws(TesseraError) {
    guard consume(character) else { throw unexpected("'\(character)'") }
  }

  mutating func expectEnd() throws(TesseraError) {
    skipSpace()
    guard index == bytes.count else { throw unexpected("the end of the header") }
  }

  /// A string in single or double quotes. Escapes do not occur in headers and are errors.
  mutating func string() throws(TesseraError) -> String {
    skipSpace()
    guard index < bytes.count,
      bytes[index] == UInt8(ascii: "'") || bytes[index] == UInt8(ascii: "\"")
    else { throw unexpected("a string") }
    let quote = bytes[index]
    let start = index + 1
    var end = start
    while end < bytes.count, bytes[end] != quote, bytes[end] != UInt8(ascii: "\\") { end += 1 }
    guard end < bytes.count, bytes[end] == quote else { throw unexpected("a string") }
    index = end + 1
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  mutating func boolean() throws(TesseraError) -> Bool {
    skipSpace()
    for (word, value) in [("True", true), ("False", false)]
    where bytes[index...].starts(with: word.utf8) {
      index += word.utf8.count
      return value
    }
    throw unexpected("True or False")
  }

  /// A tuple of integers from 0, as in `()`, `(3,)` and `(1, 3L)`.
  mutating func tuple() throws(TesseraError) -> [Int] {
    var elements: [Int] = []
    try expect("(")
    while !consume(")") {
      elements.append(try integer())
      guard consume(",") else {
        guard elements.count != 1 else { throw unexpected("','") }
        try expect(")")
        break
      }
    }
    return elements
  }

  private mutating func integer() throws(TesseraError) -> Int {
    skipSpace()
    let start = index
    var value = 0
    while index < bytes.count, case 0x30...0x39 = bytes[index] {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int(bytes[index]) - 0x30)
      guard !overflow, !carry else {
        index = start
        throw unexpected("an integer below 2^63")
      }
      value = sum
      index += 1
    }
    guard index > start else { throw unexpected("an integer from 0") }
    if index < bytes.count, bytes[index] == UInt8(ascii: "L") { index += 1 }
    return value
  }

  private mutating func skipSpace() {
    while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
  }

  private func unexpected(_ expectation: String) -> TesseraError {
    let rest = bytes[min(index, bytes.count)...].prefix(12)
    let found = rest.isEmpty ? "the end" : "'\(String(decoding: rest, as: UTF8.self).escaped)'"
    return TesseraError(
      .invalidInput, "expected \(expectation), found \(found)",
      at: .byteOffset(startByteOffset + index))
  }
}

extension String {
  /// Printable on one line: control characters become `\u{…}`.
  var escaped: String {
    var result = ""
    for scalar in unicodeScalars {
      result +=
        scalar.value < 0x20 || scalar.value == 0x7F ? scalar.escaped(asASCII: true) : "\(scalar)"
    }
    return result
  }
}
