import Tensors
import Testing

@testable import Frontend

@Suite struct WeightMapTests {
  @Test func linesAreRows() throws {
    let map = try WeightMap(
      text: """
        # a comment

        w   stem/kernel:0\tHWIO  # and another
          b stem/bias
        f dense/kernel 7x5xIO
        """)
    #expect(map.rows.map(\.input) == ["w", "b", "f"])
    #expect(map.rows.map(\.entry) == ["stem/kernel:0", "stem/bias", "dense/kernel"])
    #expect(map.rows.map(\.layout) == [.hwio, .unchanged, .io(height: 7, width: 5)])
    #expect(try WeightMap(text: "# nothing").rows.isEmpty)
    #expect(try WeightMap(text: "a b\r\nc d\r\n").rows.map(\.entry) == ["b", "d"])
  }

  @Test func allProblemsAreTold() {
    let error = #expect(throws: TesseraError.self) {
      try WeightMap(text: "a b\nc\na d\ne f OIHW\ng h IO more")
    }
    let expected = "expected INPUT ENTRY and at most a layout HWIO, IO or 7x7xIO, found"
    #expect(
      error?.diagnostics == [
        Diagnostic("\(expected) 'c'", at: .line(2, column: 1)),
        Diagnostic("the input 'a' is given twice", at: .line(3, column: 1)),
        Diagnostic("\(expected) 'e f OIHW'", at: .line(4, column: 1)),
        Diagnostic("\(expected) 'g h IO more'", at: .line(5, column: 1)),
      ])
  }

  @Test func namesOfAnotherFrameworkFitAsAWhole() throws {
    let map = try #require(WeightNames.maps.first)
    let (inputs, entries) = (Set(map.rows.map(\.input)), map.rows.map(\.entry))
    func fitting(_ inputs: Set<String>, _ entries: [String]) -> [String] {
      WeightMap.fitting(inputs, WeightEntryNames(entries)).rows.map(\.entry)
    }
    #expect(fitting(inputs, entries) == entries)
    #expect(fitting(inputs, entries + ["other"]) == entries)
    #expect(fitting(inputs, Array(entries.dropLast())).isEmpty)
    #expect(fitting(inputs.union(["other"]), entries).isEmpty)
    // An entry of an input's own name.
    #expect(fitting(inputs, entries + [map.rows[0].input]).isEmpty)
  }
}
