import Foundation
import Synchronization
import Tessera

/// The process's standard error: one line a problem.
enum StandardError {
  private static let reported = Mutex(Reported())
  private static let isMuted = Atomic(false)

  /// Lets nothing be printed from now on: another process says it.
  static func mute() { isMuted.store(true, ordering: .relaxed) }

  private struct Reported {
    var list = DiagnosticList()
    /// The lines that were printed.
    var lines: Set<String> = []
  }

  /// Prints the diagnostics of `error`, each once, as long as there were not too many of their kind.
  static func report(_ error: TesseraError) {
    write(
      reported.withLock { reported in
        var text = ""
        for diagnostic in error.diagnostics {
          let line = line(for: diagnostic)
          guard !reported.lines.contains(line), reported.list.append(diagnostic) else { continue }
          reported.lines.insert(line)
          text += line
        }
        return text
      })
  }

  /// Prints how many diagnostics were not printed.
  static func reportCounts() {
    write(reported.withLock { $0.list.counts.map(line).joined() })
  }

  /// Prints what is odd without being wrong.
  static func warn(_ diagnostics: [Diagnostic]) {
    let lines = DiagnosticList(diagnostics).diagnostics.map { diagnostic in
      var diagnostic = diagnostic
      diagnostic.message = "warning: " + diagnostic.message
      return line(for: diagnostic)
    }
    write(lines.joined())
  }

  /// Prints what the user may want to know.
  static func note(_ sentences: [String]) {
    for sentence in sentences { write(line(for: Diagnostic("note: " + sentence))) }
  }

  /// Prints `text` as it is. A reader that has gone is no problem.
  static func write(_ text: String) {
    guard !isMuted.load(ordering: .relaxed) else { return }
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }

  private static func line(for diagnostic: Diagnostic) -> String {
    "\(Tool.name): \(diagnostic.description.withoutControlCharacters)\n"
  }
}
