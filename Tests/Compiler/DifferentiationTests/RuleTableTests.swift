import Differentiation
import Foundation
import TestSupport
import Testing

/// The table in `Docs/training.md`.
@Suite struct RuleTableTests {
  @Test func documentHasTheTable() throws {
    let rows = GradientRule.all.map { "| `\($0.operatorName)` | \($0.formula) | \($0.limit) |" }
    let table = (["| operator | gradients | limits |", "|---|---|---|"] + rows)
      .joined(separator: "\n")
    let document = try String(contentsOfFile: projectPath("Docs/training.md"), encoding: .utf8)
    #expect(document.contains("\n\(table)\n"), "expected in Docs/training.md:\n\(table)")
  }

  @Test func rulesAreInTheOrderOfTheirNames() {
    let names = GradientRule.all.map { $0.operatorName.lowercased() }
    #expect(names == names.sorted())
    #expect(Set(names).count == names.count)
  }
}
