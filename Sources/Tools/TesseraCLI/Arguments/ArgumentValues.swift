import Tessera

/// How the text of an argument becomes a value; errors say what was expected and what was found.
enum ArgumentValue {
  /// A whole number in `range`.
  static func integer(
    in range: ClosedRange<Int>
  ) -> @Sendable (String) throws(TesseraError) -> Int {
    { text throws(TesseraError) in
      guard let value = Int(text), range.contains(value) else {
        throw unexpected(
          text, "a whole number from \(range.lowerBound) to \(range.upperBound)")
      }
      return value
    }
  }

  /// A number in `range`.
  static func number(
    in range: ClosedRange<Double>
  ) -> @Sendable (String) throws(TesseraError) -> Double {
    { text throws(TesseraError) in
      guard let value = Double(text), range.contains(value) else {
        throw unexpected(text, "a number from \(range.lowerBound) to \(range.upperBound)")
      }
      return value
    }
  }

  static func unexpected(_ text: String, _ expected: String) -> TesseraError {
    TesseraError(.invalidUsage, "expected \(expected), found '\(text)'")
  }
}
