import Tessera

/// The values that an option may have, each with what the command line calls it.
struct Choices<Value: Sendable>: Sendable {
  let values: [(name: String, value: Value)]

  var names: [String] { values.map(\.name) }

  /// - Throws: `invalidUsage` with all names for a name that is none of them.
  func parse(_ text: String) throws(TesseraError) -> Value {
    guard let choice = values.first(where: { $0.name == text }) else {
      throw ArgumentValue.unexpected(text, names.joined(separator: ", "))
    }
    return choice.value
  }
}

extension ArgumentValue {
  /// One of the raw values of an enumeration.
  static func choice<Choice>(_ type: Choice.Type = Choice.self) -> Choices<Choice>
  where Choice: RawRepresentable & CaseIterable & Sendable, Choice.RawValue == String {
    Choices(values: Choice.allCases.map { ($0.rawValue, $0) })
  }

  /// One of the cases of an enumeration without payloads, by the case's name.
  static func named<Choice>(_ type: Choice.Type = Choice.self) -> Choices<Choice>
  where Choice: CaseIterable & Sendable {
    Choices(values: Choice.allCases.map { ("\($0)", $0) })
  }

  static let boolean = Choices(values: [("true", true), ("false", false)])
}
