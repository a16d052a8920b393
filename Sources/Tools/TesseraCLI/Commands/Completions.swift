import Tessera

extension Command {
  static let completions = Command(
    name: "completions", summary: "Print a script with which a shell completes command lines",
    operands: [
      Positional(
        name: "SHELL", help: "bash, zsh or fish", completion: .words(shells.names))
    ],
    options: [],
    notes: """
      bash: source <(tessera completions bash). zsh: after compinit, source <(tessera completions zsh), or a file _tessera in a \
      folder of $fpath. fish: a file ~/.config/fish/completions/tessera.fish. The scripts ask the tessera that is being typed.
      """
  ) { arguments, output throws(TesseraError) in
    let script: String
    do throws(TesseraError) {
      script = try shells.parse(arguments.operands[0])
    } catch {
      throw TesseraError(.invalidUsage, "SHELL: \(error)")
    }
    try output.write(script)
    return .done
  }

  private static let shells = Choices(
    values: [
      ("bash", CompletionScript.bash), ("zsh", CompletionScript.zsh),
      ("fish", CompletionScript.fish),
    ])
}
