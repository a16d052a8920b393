import Tessera

extension Command {
  static let manual = Command(
    name: "manual", summary: "Print a page of the manual in the form that man reads",
    operands: [
      Positional(
        name: "PAGE", help: "tessera, or tessera-COMMAND")
    ],
    options: [],
    notes: "As in: tessera manual tessera-compile | man -l -"
  ) { arguments, output throws(TesseraError) in
    let name = arguments.operands[0]
    guard let page = ManualPage.all.first(where: { $0.name == name }) else {
      let names = ManualPage.all.map(\.name)
      throw TesseraError(
        .invalidUsage,
        "PAGE: there is no page '\(name)'; "
          + (closest(to: name, in: names).map { "did you mean '\($0)'?" }
            ?? "the pages are \(names.joined(separator: ", "))"))
    }
    try output.write(page.roff)
    return .done
  }
}
