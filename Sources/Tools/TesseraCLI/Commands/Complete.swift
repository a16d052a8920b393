import Tessera

extension Command {
  static let complete = Command(
    name: "complete", summary: "Print what may end a command line, for the scripts of completions",
    operands: [
      Positional(
        name: "WORD", help: "The words after tessera, to the one that is being typed",
        isRepeated: true)
    ],
    options: [],
    notes: """
      Words that begin with dashes follow --. The first line is what stays of the last word. Each further line is \
      "word", a word and what it means, or "files" and extensions between blanks (none: all files), or "folders"; \
      with tabs between.
      """
  ) { arguments, output throws(TesseraError) in
    let completion = Completion(of: arguments.operands)
    try output.writeLine(completion.prefix)
    for word in completion.words { try output.writeLine("word\t\(word.text)\t\(word.help)") }
    switch completion.files {
    case .none: break
    case .endings(let endings): try output.writeLine("files\t\(endings.joined(separator: " "))")
    case .folders: try output.writeLine("folders")
    }
    return .done
  }
}
