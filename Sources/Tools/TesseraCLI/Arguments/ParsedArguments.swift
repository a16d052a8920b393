import Tessera

/// The arguments of one call of a command, every value parsed.
struct ParsedArguments: Sendable {
  /// What is not an option, in order.
  private(set) var operands: [String] = []
  private var values: [String: [any Sendable]] = [:]

  /// Parses `--name value`, `--name=value`, `-n value`, flags and operands in any order; after `--`
  /// all arguments are operands.
  ///
  /// - Throws: `TesseraError` of kind `invalidUsage` that lists everything that is wrong.
  init(_ arguments: [String], for command: Command) throws(TesseraError) {
    var problems: [Diagnostic] = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      if argument == "--" {
        operands += rest
        break
      }
      guard argument.hasPrefix("-"), argument != "-" else {
        operands.append(argument)
        continue
      }
      do throws(TesseraError) {
        try takeOption(argument, from: &rest, of: command)
      } catch {
        problems += error.diagnostics
      }
    }
    // An unknown option leaves its value behind as an operand: not a problem of its own.
    problems += missing(from: command)
    if problems.isEmpty { problems = surplus(for: command) }
    guard var error = TesseraError(.invalidUsage, diagnostics: problems) else { return }
    error.diagnostics.append(
      Diagnostic("'\(command.invocation) --help' tells what it takes"))
    throw error
  }

  /// The value of an option, the last one if it was repeated; nil if it was not given.
  subscript<Value>(option: Option<Value>) -> Value? { all(option).last }

  /// All values of a repeatable option, in order.
  func all<Value>(_ option: Option<Value>) -> [Value] {
    values[option.declaration.name, default: []].compactMap { $0 as? Value }
  }

  /// Whether a flag was given.
  subscript(flag: Flag) -> Bool { values[flag.declaration.name] != nil }

  /// Whether an option of any sort was given.
  func isGiven(_ declaration: OptionDeclaration) -> Bool { values[declaration.name] != nil }

  private mutating func takeOption(
    _ argument: String, from rest: inout ArraySlice<String>, of command: Command
  ) throws(TesseraError) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let spelling = String(parts[0])
    let declaration = try Self.declaration(spelling, in: command)
    guard declaration.placeholder != nil else {
      guard parts.count == 1 else {
        throw TesseraError(.invalidUsage, "option '\(spelling)' takes no value")
      }
      values[declaration.name] = [true]
      return
    }
    let text: String
    if parts.count == 2 {
      text = String(parts[1])
    } else if let next = rest.first, next != "--",
      (try? Self.declaration(next, in: command)) == nil
    {
      text = next
      rest.removeFirst()
    } else {
      throw TesseraError(
        .invalidUsage, "option '\(spelling)' needs a value: \(declaration.synopsis)")
    }
    if !declaration.isRepeatable, values[declaration.name] != nil {
      throw TesseraError(.invalidUsage, "option '\(spelling)' is given twice")
    }
    do throws(TesseraError) {
      values[declaration.name, default: []].append(try declaration.parse(text))
    } catch {
      let messages = error.diagnostics.map { Diagnostic("option '\(spelling)': \($0)") }
      throw TesseraError(.invalidUsage, diagnostics: messages) ?? error
    }
  }

  private static func declaration(
    _ spelling: String, in command: Command
  ) throws(TesseraError) -> OptionDeclaration {
    for declaration in command.options {
      if spelling == "--\(declaration.name)" { return declaration }
      if let short = declaration.short, spelling == "-\(short)" { return declaration }
    }
    let hint = closest(to: spelling, in: command.options.map { "--\($0.name)" })
    throw TesseraError(
      .invalidUsage,
      "unknown option '\(spelling)'" + (hint.map { "; did you mean '\($0)'?" } ?? ""))
  }

  /// Operands and required options that are not there.
  private func missing(from command: Command) -> [Diagnostic] {
    let required = command.options.filter { $0.isRequired && values[$0.name] == nil }
    return command.operands.dropFirst(operands.count).map { operand in
      Diagnostic("\(operand.name) is missing: \(operand.help)")
    }
      + required.map { Diagnostic("option '--\($0.name)' is missing: \($0.synopsis)") }
  }

  /// Operands that nothing takes.
  private func surplus(for command: Command) -> [Diagnostic] {
    guard command.operands.last?.isRepeated != true else { return [] }
    return operands.dropFirst(command.operands.count).map { extra in
      Diagnostic("unexpected argument '\(extra)'")
    }
  }
}
