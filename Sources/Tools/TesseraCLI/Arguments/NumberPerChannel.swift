import Tessera

extension ArgumentValue {
  /// Numbers or fractions such as `1/255`, one for all channels or one for each, separated by commas.
  static func numberPerChannel(_ text: String) throws(TesseraError) -> [Float] {
    try numbers(text, "one number or fraction, or three separated by commas") { Float($0) }
  }

  /// What numbers are the reciprocals of, likewise; they must be positive.
  static func reciprocalPerChannel(_ text: String) throws(TesseraError) -> [Float] {
    try numbers(text, "one positive number, or three separated by commas") { value in
      value > 0 && value.isFinite ? Float(1 / value) : .nan
    }
  }

  private static func numbers(
    _ text: String, _ expected: String, _ value: (Double) -> Float
  ) throws(TesseraError) -> [Float] {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let values = parts.compactMap(number).map(value).filter(\.isFinite)
    guard values.count == parts.count, [1, 3].contains(parts.count) else {
      throw unexpected(text, expected)
    }
    return values
  }

  /// A number, or the quotient of two with a slash between.
  private static func number(_ text: Substring) -> Double? {
    let terms = text.split(separator: "/", omittingEmptySubsequences: false).map { Double($0) }
    switch terms.count {
    case 1: return terms[0]
    case 2:
      guard let dividend = terms[0], let divisor = terms[1] else { return nil }
      return dividend / divisor
    default: return nil
    }
  }
}
