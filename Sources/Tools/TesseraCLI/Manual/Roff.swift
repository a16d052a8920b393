/// Text in the language of man pages: groff's and mandoc's macros `man`.
enum Roff {
  /// Filled text that no character of `text` steers.
  static func paragraph(_ text: String) -> String { filled(inline(text)) }

  /// What the section NAME says of a page.
  static func name(_ name: String, _ summary: String) -> String {
    filled("\(inline(name)) \\- \(inline(summary))")
  }

  static func section(_ title: String) -> String { ".SH \(title)\n" }

  /// An entry of a list, whose term is already roff, on one line.
  static func entry(_ term: String, _ text: String) -> String {
    ".TP\n\(term)\n\(paragraph(text))"
  }

  static func bold(_ text: String) -> String { "\\fB\(inline(text))\\fR" }
  static func italic(_ text: String) -> String { "\\fI\(inline(text))\\fR" }

  /// Lines of at most 80 characters that are no requests, whatever they begin with.
  private static func filled(_ text: String) -> String {
    text.wrapped(to: 78).split(separator: "\n").map { line in
      (line.hasPrefix(".") ? "\\&" : "") + line + "\n"
    }.joined()
  }

  private static func inline(_ text: String) -> String {
    text.map { replacements[$0] ?? String($0) }.joined()
  }

  private static let replacements: [Character: String] = [
    "\\": "\\e", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti",
    "…": "...", "×": "\\(mu",
  ]
}
