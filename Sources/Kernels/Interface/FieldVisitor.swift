import Tensors

/// Walks the fields of a descriptor in a fixed order. One walk serves encoding, decoding with range
/// checks, and description, so that a descriptor lists its fields once.
package protocol FieldVisitor {
  mutating func visit(_ name: String, _ value: inout Int, in range: ClosedRange<Int>)
    throws(TesseraError)
  mutating func visit(_ name: String, _ value: inout Float) throws(TesseraError)
  /// Visits a field whose values are the cases of an enumeration.
  mutating func visit<Case: RawRepresentable<Int> & CaseIterable>(
    _ name: String, _ value: inout Case) throws(TesseraError)
}

extension FieldVisitor {
  package mutating func visit<Case: RawRepresentable<Int> & CaseIterable>(
    _ name: String, _ value: inout Case
  ) throws(TesseraError) {
    var raw = value.rawValue
    try visit(name, &raw, in: 0...(Case.allCases.count - 1))
    guard let decoded = Case(rawValue: raw) else {
      throw TesseraError(.invalidInput, "field '\(name)' has no case \(raw)")
    }
    value = decoded
  }

  /// Visits a truth value, stored as 0 or 1.
  package mutating func visit(_ name: String, _ value: inout Bool) throws(TesseraError) {
    var raw = value ? 1 : 0
    try visit(name, &raw, in: 0...1)
    value = raw == 1
  }

  /// Visits a list of integers: its length, then its elements.
  package mutating func visit(
    _ name: String, _ values: inout [Int], in range: ClosedRange<Int>, maximumCount: Int
  ) throws(TesseraError) {
    var count = values.count
    try visit("\(name).count", &count, in: 0...maximumCount)
    if values.count != count { values = Array(repeating: range.lowerBound, count: count) }
    for index in values.indices { try visit("\(name)[\(index)]", &values[index], in: range) }
  }
}

/// Turns a descriptor into the words that a plan file stores.
package struct FieldEncoder: FieldVisitor {
  package private(set) var words: [Int64] = []

  package init() {}

  package mutating func visit(_ name: String, _ value: inout Int, in range: ClosedRange<Int>)
    throws(TesseraError)
  {
    guard range.contains(value) else {
      throw TesseraError(
        .invalidInput,
        "field '\(name)' is \(value), expected \(range.lowerBound) to \(range.upperBound)")
    }
    words.append(Int64(value))
  }

  package mutating func visit(_ name: String, _ value: inout Float) throws(TesseraError) {
    words.append(Int64(value.bitPattern))
  }
}

/// Reads a descriptor back from stored words, which may be damaged.
package struct FieldDecoder: FieldVisitor {
  private var words: ArraySlice<Int64>

  package init(_ words: [Int64]) { self.words = words[...] }

  /// True when every word has been read.
  package var isAtEnd: Bool { words.isEmpty }

  private mutating func next(_ name: String) throws(TesseraError) -> Int64 {
    guard let word = words.popFirst() else {
      throw TesseraError(.invalidInput, "field '\(name)' is missing")
    }
    return word
  }

  package mutating func visit(_ name: String, _ value: inout Int, in range: ClosedRange<Int>)
    throws(TesseraError)
  {
    let word = Int(try next(name))
    guard range.contains(word) else {
      throw TesseraError(
        .invalidInput,
        "field '\(name)' is \(word), expected \(range.lowerBound) to \(range.upperBound)")
    }
    value = word
  }

  package mutating func visit(_ name: String, _ value: inout Float) throws(TesseraError) {
    let word = try next(name)
    guard let bits = UInt32(exactly: word) else {
      throw TesseraError(.invalidInput, "field '\(name)' is not a 32-bit float")
    }
    value = Float(bitPattern: bits)
  }
}

/// Lists a descriptor's fields for people.
package struct FieldDescriber: FieldVisitor {
  package private(set) var fields: [(name: String, value: String)] = []

  package init() {}

  package mutating func visit(_ name: String, _ value: inout Int, in range: ClosedRange<Int>)
    throws(TesseraError)
  {
    fields.append((name, "\(value)"))
  }

  package mutating func visit(_ name: String, _ value: inout Float) throws(TesseraError) {
    fields.append((name, "\(value)"))
  }

  package mutating func visit<Case: RawRepresentable<Int> & CaseIterable>(
    _ name: String, _ value: inout Case
  ) {
    fields.append((name, "\(value)"))
  }
}
