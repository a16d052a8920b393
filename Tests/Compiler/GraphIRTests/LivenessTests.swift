import GraphIR
import Testing

@Suite struct LivenessTests {
  private func graph(_ nodes: String, outputs: String = "y") throws -> Graph {
    try Model(
      onnxText: """
        <ir_version: 10, opset_import: ["": 21]>
        g (float[3] x, float[3] z) => (\(outputs)) <float[3] k = {1, 2, 3}, float[3] l = {1, 2, 3}>
        { \(nodes) }
        """
    ).graph
  }

  @Test func whatNoOutputNeedsIsRemoved() throws {
    var graph = try graph("a = Relu (x) b = Op (a, l) y = Add (a, k) c = Op (b)")
    #expect(Liveness(graph).nodes == [true, false, true, false])
    #expect(Liveness(graph).values == ["x", "a", "k", "y"])
    let isChanged = graph.removeUnused()
    #expect(isChanged)
    #expect(graph.nodes.map(\.outputs) == [["a"], ["y"]])
    #expect(graph.constants.names == ["k"] && graph.inputs == ["x", "z"])
    let isChangedAgain = graph.removeUnused()
    #expect(!isChangedAgain)
  }

  @Test func resultsThatNothingReadsLoseTheirNames() throws {
    var graph = try graph("a, b, y, c = Op (x) d, e = Op (y)")
    let isChanged = graph.removeUnused()
    #expect(isChanged)
    #expect(graph.nodes.map(\.outputs) == [["", "", "y"]])
    let isChangedAgain = graph.removeUnused()
    #expect(!isChangedAgain)
  }

  @Test func anOrderThatIsNotTopologicalIsFollowed() throws {
    var graph = try graph("a = Relu (x) y = Relu (a)")
    graph.nodes.reverse()
    #expect(Liveness(graph).nodes == [true, true])
  }

  /// Each node once, however many ways lead to it.
  @Test func manyWays() throws {
    var nodes = "t0 = Relu (x)"
    for index in 1...2000 { nodes += " t\(index) = Add (t\(index - 1), t\(index - 1))" }
    #expect(try Liveness(graph(nodes, outputs: "t2000")).nodes.allSatisfy { $0 })
  }
}
