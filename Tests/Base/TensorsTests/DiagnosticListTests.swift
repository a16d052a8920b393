import Tensors
import Testing

struct DiagnosticListTests {
  @Test func keepsAHundredOfAKindAndCountsTheOthers() {
    var list = DiagnosticList()
    for index in 0..<1234 {
      list.append(Diagnostic("input '\(index)x' has \(index) elements"))
      if index < 100 { list.append(Diagnostic("the node has no operator")) }
    }
    list.append(Diagnostic("something else", file: "f"))
    let diagnostics = list.diagnostics
    #expect(diagnostics.count == 100 + 100 + 1 + 1)
    #expect(diagnostics[0].message == "input '0x' has 0 elements")
    #expect(diagnostics[200] == Diagnostic("something else", file: "f"))
    #expect(diagnostics.last?.message == "and 1134 more like 'input '0x' has 0 elements'")
  }

  @Test func manyKindsAreOneKind() {
    var list = DiagnosticList()
    for index in 0..<5000 {
      list.append(Diagnostic(String(repeating: "a", count: index + 1)))
    }
    let diagnostics = list.diagnostics
    #expect(diagnostics.count == 1000 + 100 + 1)
    #expect(diagnostics.last?.message.hasPrefix("and 3900 more like ") == true)
  }

  @Test func errorsAreLists() {
    let problems = (0..<300).map { Diagnostic("problem \($0)") }
    #expect(TesseraError(.invalidInput, diagnostics: problems)?.diagnostics.count == 101)
    #expect(TesseraError(.invalidInput, diagnostics: []) == nil)
  }
}
