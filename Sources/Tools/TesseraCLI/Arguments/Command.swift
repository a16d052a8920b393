import Tessera

/// A command of the tool as data: what it takes, what its help says and what it does.
struct Command: Sendable {
  /// Empty for what a program of its own does.
  let name: String
  /// One line for the list of commands, without a full stop.
  let summary: String
  let operands: [Positional]
  let options: [OptionDeclaration]
  /// Whole sentences at the end of the help, wrapped there.
  var notes: String = ""
  let body: @Sendable (ParsedArguments, StandardOutput) throws(TesseraError) -> ExitStatus

  static let help = Flag("help", short: "h", help: "Print this and stop")

  /// Parses `arguments` and runs the command, or prints its help.
  func run(
    _ arguments: [String], _ output: StandardOutput
  ) throws(TesseraError) -> ExitStatus {
    let options = arguments.prefix { $0 != "--" }
    if options.contains("--help") || options.contains("-h") {
      try output.write(helpText)
      return .done
    }
    return try body(try ParsedArguments(arguments, for: self), output)
  }
}

extension Command {
  /// What is typed to run it.
  var invocation: String { name.isEmpty ? Tool.name : "\(Tool.name) \(name)" }

  /// As in `tessera compile MODEL -o PLAN [options]`.
  var usage: String {
    let required = options.filter(\.isRequired).map { option in
      let name = option.short.map { "-\($0)" } ?? "--\(option.name)"
      return [name, option.placeholder].compactMap { $0 }.joined(separator: " ")
    }
    let operands = operands.map { $0.isRepeated ? "\($0.name)…" : $0.name }
    return ([invocation] + operands + required + ["[options]"])
      .joined(separator: " ")
  }

  var helpText: String {
    let declarations = options + [Self.help.declaration]
    let width =
      (operands.map(\.name.count) + declarations.map(\.synopsis.count)).max() ?? 0
    func lines(_ entries: [(String, String)]) -> String {
      entries.map { "  \($0.padded(to: width))  \($1)\n" }.joined()
    }
    var text = "\(summary).\n\nusage: \(usage)\n\n"
    text += lines(operands.map { ($0.name, $0.help) })
    text += "\noptions:\n"
    text += lines(declarations.map { ($0.synopsis, $0.completeHelp) })
    if !notes.isEmpty { text += "\n" + notes.wrapped(to: 96) }
    return text
  }
}
