/// What a shell can put in the place of the last word of a command line.
struct Completion {
  /// The beginning of the word, which stays: `--mode=` of `--mode=si`.
  var prefix = ""
  var words: [(text: String, help: String)] = []
  var files = ValueCompletion.Files.none

  /// - Parameter arguments: those after the tool's name; the last is the word that is being typed.
  init(of arguments: [String]) {
    guard let word = arguments.last else { return }
    let before = arguments.dropLast()
    guard let name = before.first else {
      let options = Tool.options.map { ($0.spelling, $0.help) }
      let commands = Tool.commands.map { ($0.name, $0.summary) }
      offer(word.hasPrefix("-") ? options : commands, for: word)
      return
    }
    if name == "help", before.count == 1 {
      offer(Tool.commands.map { ($0.name, $0.summary) }, for: word)
    } else if name == Command.manual.name, before.count == 1, !word.hasPrefix("-") {
      offer(ManualPage.all.map { ($0.name, $0.summary) }, for: word)
    } else if let command = Tool.commands.first(where: { $0.name == name }) {
      complete(word, after: Array(before.dropFirst()), of: command)
    }
  }

  /// Reads `arguments` as `ParsedArguments` does, and offers what may follow them.
  private mutating func complete(
    _ word: String, after arguments: [String], of command: Command
  ) {
    var operandCount = 0
    var given: Set<String> = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      if argument == "--" {
        offerOperand(operandCount + rest.count, of: command, for: word)
        return
      }
      guard argument.hasPrefix("-"), argument != "-" else {
        operandCount += 1
        continue
      }
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let option = command.option(spelled: String(parts[0])) else { continue }
      given.insert(option.name)
      guard option.placeholder != nil, parts.count == 1 else { continue }
      if rest.isEmpty {
        offer(option.completion, for: word)
        return
      }
      rest.removeFirst()
    }
    if word.hasPrefix("-"), let equals = word.firstIndex(of: "=") {
      prefix = String(word[...equals])
      if let option = command.option(spelled: String(word[..<equals])) {
        offer(option.completion, for: String(word[equals...].dropFirst()))
      }
    } else if word.hasPrefix("-") {
      let options = (command.options + [Command.help.declaration]).filter {
        $0.isRepeatable || !given.contains($0.name)
      }
      offer(options.map { ($0.spelling, $0.help) }, for: word)
    } else {
      offerOperand(operandCount, of: command, for: word)
    }
  }

  private mutating func offerOperand(_ index: Int, of command: Command, for word: String) {
    if index < command.operands.count {
      offer(command.operands[index].completion, for: word)
    } else if let last = command.operands.last, last.isRepeated {
      offer(last.completion, for: word)
    }
  }

  private mutating func offer(_ completion: ValueCompletion, for text: String) {
    var text = text[...]
    if completion.followsName {
      guard let equals = text.firstIndex(of: "=") else { return }
      prefix += text[...equals]
      text = text[equals...].dropFirst()
    }
    offer(completion.words.map { ($0, "") }, for: String(text))
    files = completion.files
  }

  private mutating func offer(_ candidates: [(text: String, help: String)], for word: String) {
    words = candidates.filter { $0.text.hasPrefix(word) }
  }
}

extension OptionDeclaration {
  /// As the help and a shell name it.
  var spelling: String { "--\(name)" }
}

extension Command {
  /// The option that is written so, by its name or its letter.
  func option(spelled spelling: String) -> OptionDeclaration? {
    (options + [Self.help.declaration]).first { option in
      option.spelling == spelling || option.short.map { "-\($0)" } == spelling
    }
  }
}
