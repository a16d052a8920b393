import Tensors

/// A page of section 1, made of what the command line is parsed by.
struct ManualPage {
  /// `tessera`, or `tessera-COMMAND`.
  let name: String
  let summary: String
  private let synopsis: [String]
  /// In roff, after the synopsis.
  private let body: String
  private let related: [String]

  static var all: [ManualPage] {
    let commands = Tool.commands.map(ManualPage.init)
    return [main(related: commands.map(\.name))] + commands
  }

  var roff: String {
    let lines = synopsis.map { Roff.bold($0) + "\n" }.joined(separator: ".br\n")
    let references = related.map { "\(Roff.bold($0))(1)" }.joined(separator: ",\n")
    return
      ".TH \(name.uppercased().replacing("-", with: "\\-")) 1 \"\" \"Tessera \(tesseraVersion)\" \"User Commands\"\n"
      + Roff.section("NAME") + Roff.name(name, summary)
      + Roff.section("SYNOPSIS") + lines + body + exitStatus
      + Roff.section("SEE ALSO") + references + "\n"
  }

  private var exitStatus: String {
    Roff.section("EXIT STATUS")
      + ExitStatus.allCases.map { Roff.entry(Roff.bold("\($0.rawValue)"), $0.meaning + ".") }
      .joined()
  }
}

extension ManualPage {
  /// The page of a command.
  private init(_ command: Command) {
    name = "\(Tool.name)-\(command.name)"
    summary = command.summary.lowercasedFirst
    synopsis = [command.usage]
    let operands = command.operands.map { Roff.entry(Roff.italic($0.name), $0.help + ".") }
    let options = (command.options + [Command.help.declaration]).map { option in
      Roff.entry(option.roff, option.completeHelp + ".")
    }
    body =
      Roff.section("DESCRIPTION")
      + Roff.paragraph(command.notes.isEmpty ? command.summary + "." : command.notes)
      + operands.joined() + Roff.section("OPTIONS") + options.joined()
    related = [Tool.name]
  }

  private static func main(related: [String]) -> ManualPage {
    let commands = Tool.commands.map { command in
      Roff.entry(Roff.bold(command.name), command.summary + ".")
    }
    let options = Tool.options.map { Roff.entry($0.roff, $0.help + ".") }
    let variables = EnvironmentVariable.all.map { Roff.entry(Roff.bold($0.name), $0.meaning + ".") }
    return ManualPage(
      name: Tool.name, summary: Tool.summary.lowercasedFirst,
      synopsis: ["\(Tool.name) COMMAND …", "\(Tool.name) help COMMAND"],
      body: Roff.section("DESCRIPTION") + Roff.paragraph(Tool.description)
        + Roff.section("COMMANDS") + commands.joined() + Roff.section("OPTIONS")
        + options.joined() + Roff.section("ENVIRONMENT") + variables.joined(),
      related: related)
  }
}

extension OptionDeclaration {
  /// As `synopsis`: names in bold, what stands for the value in italics.
  fileprivate var roff: String {
    let names = [short.map { "-\($0)" }, spelling].compactMap { $0 }.map(Roff.bold)
      .joined(separator: ", ")
    return placeholder.map { "\(names) \(Roff.italic($0))" } ?? names
  }
}

extension String {
  fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
