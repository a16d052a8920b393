import GraphIR
import Testing

@Suite struct DimensionTests {
  @Test(arguments: ["", "?", "*", "-1", "None", "none", "unknown", "Unknown"])
  func namesThatExportersWriteForAnyUnknownExtentAreNoSymbols(name: String) throws {
    #expect(Dimension(name: name) == .unknown)
    let graph = try Model(
      onnxText: "<ir_version: 10, opset_import: [\"\": 21]> g (float[\"\(name)\"] x) => () {}"
    )
    .graph
    #expect(graph.types["x"]?.dimensions == [.unknown])
  }

  @Test(arguments: ["N", "unk__1", "unknown_0", "batch_size"])
  func otherNamesAre(name: String) {
    #expect(Dimension(name: name) == .symbol(name))
  }

  @Test func minusOneIsUnknown() throws {
    #expect(Dimension(number: -1) == .unknown)
    #expect(Dimension(number: 0) == .fixed(0))
    #expect(Dimension(number: -2) == nil)
    let graph = try Model(
      onnxText: "<ir_version: 10, opset_import: [\"\": 21]> g (float[-1, 3] x) => () {}"
    )
    .graph
    #expect(graph.types["x"]?.dimensions == [.unknown, .fixed(3)])
  }
}
