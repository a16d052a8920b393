import Tessera

/// An option of a command with a value, such as `--threads N`, declared once for parsing, help and
/// errors.
struct Option<Value: Sendable>: Sendable {
  let declaration: OptionDeclaration

  /// - Parameters:
  ///   - placeholder: what the help calls the value.
  ///   - completion: what a shell offers as its value.
  ///   - help: what the option does, one sentence without a full stop.
  ///   - parse: the value of one argument; its errors are sentences that do not name the option.
  init(
    _ name: String, short: String? = nil, _ placeholder: String, isRepeatable: Bool = false,
    isRequired: Bool = false, completion: ValueCompletion = .nothing, help: String,
    parse: @escaping @Sendable (String) throws(TesseraError) -> Value
  ) {
    declaration = OptionDeclaration(
      name: name, short: short, placeholder: placeholder, isRepeatable: isRepeatable,
      isRequired: isRequired, completion: completion, help: help
    ) { (argument) throws(TesseraError) in try parse(argument) }
  }

  /// An option whose value is one of `choices`, which a shell offers.
  init(
    _ name: String, short: String? = nil, _ placeholder: String, isRepeatable: Bool = false,
    isRequired: Bool = false, help: String, parse choices: Choices<Value>
  ) {
    self.init(
      name, short: short, placeholder, isRepeatable: isRepeatable, isRequired: isRequired,
      completion: .words(choices.names), help: help, parse: choices.parse)
  }
}

extension Option where Value == String {
  /// An option whose value is any text.
  init(
    _ name: String, short: String? = nil, _ placeholder: String, isRepeatable: Bool = false,
    isRequired: Bool = false, completion: ValueCompletion = .nothing, help: String
  ) {
    self.init(
      name, short: short, placeholder, isRepeatable: isRepeatable, isRequired: isRequired,
      completion: completion, help: help
    ) { $0 }
  }
}

/// An option without a value, such as `--json`.
struct Flag: Sendable {
  let declaration: OptionDeclaration

  init(_ name: String, short: String? = nil, help: String) {
    declaration = OptionDeclaration(
      name: name, short: short, placeholder: nil, isRepeatable: false, isRequired: false,
      completion: .nothing, help: help
    ) { _ in true }
  }
}

/// What parsing and help need to know of an option, whatever the type of its value.
struct OptionDeclaration: Sendable {
  /// Without the dashes.
  let name: String
  /// A single letter without the dash.
  let short: String?
  /// What the help calls the value; nil for a flag.
  let placeholder: String?
  let isRepeatable: Bool
  let isRequired: Bool
  let completion: ValueCompletion
  let help: String
  let parse: @Sendable (String) throws(TesseraError) -> any Sendable

  /// As in `-o, --output PLAN`.
  var synopsis: String {
    let names = [short.map { "-\($0)" }, "--\(name)"].compactMap { $0 }.joined(separator: ", ")
    return placeholder.map { "\(names) \($0)" } ?? names
  }

  /// What it does, and whether it may be repeated.
  var completeHelp: String { help + (isRepeatable ? " (may be repeated)" : "") }
}

/// A place for arguments that are not options.
struct Positional: Sendable {
  let name: String
  let help: String
  /// Takes all remaining arguments, at least one.
  var isRepeated = false
  var completion = ValueCompletion.nothing
}
