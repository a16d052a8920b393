import GraphIR
import Tensors
import Testing

@testable import Tessera

/// Where the part of a graph ends that its error is measured on.
struct ProbedGraphTests {
  private static func graph(_ nodes: [Node], outputs: [String]) throws -> Graph {
    var graph = Graph(name: "g", inputs: ["x"], outputs: outputs, nodes: nodes)
    graph.constants["w"] = try Tensor([Float](repeating: 1, count: 9), shape: [1, 1, 3, 3])
    return graph
  }

  private static func conv(_ input: String, _ output: String) -> Node {
    Node("Conv", domain: "tessera", inputs: [input, "w"], outputs: [output])
  }

  private static func product(_ input: String, _ output: String) -> Node {
    Node("Gemm", domain: "tessera", inputs: [input, "w"], outputs: [output])
  }

  @Test func whatTheClassifierReadsStandsForIt() throws {
    let probed = try Self.graph(
      [
        Self.conv("x", "a"), Node("Flatten", inputs: ["a"], outputs: ["b"]),
        Self.product("b", "c"), Self.product("c", "d"),
        Node("Softmax", inputs: ["d"], outputs: ["p"]),
      ], outputs: ["p"]
    ).forErrorProbe(packedWeightCount: 8)
    #expect(probed.graph.outputs == ["b"] && probed.classifierInputs == ["b"])
    #expect(probed.graph.nodes.map(\.operatorName) == ["Conv", "Flatten"])
  }

  @Test func aProductBeforeAConvolutionIsRun() throws {
    let probed = try Self.graph(
      [Self.product("x", "a"), Self.conv("a", "b"), Self.product("b", "c")],
      outputs: ["c", "a"]
    ).forErrorProbe(packedWeightCount: 8)
    #expect(probed.graph.outputs == ["b", "a"] && probed.classifierInputs == ["b"])
    #expect(probed.graph.nodes.map(\.operatorName) == ["Gemm", "Conv"])
  }

  @Test func aSmallClassifierIsRun() throws {
    let probed = try Self.graph(
      [Self.conv("x", "a"), Self.product("a", "b")], outputs: ["b"]
    ).forErrorProbe(packedWeightCount: 9)
    #expect(probed.graph.outputs == ["b"] && probed.classifierInputs.isEmpty)
  }

  @Test func theScoresOfASoftMaxAreMeasured() throws {
    let probed = try Self.graph(
      [
        Self.conv("x", "a"),
        Node("Softmax", inputs: ["a"], outputs: ["p"], attributes: ["axis": .int(1)]),
      ],
      outputs: ["p"]
    ).forErrorProbe()
    #expect(probed.graph.outputs == ["a"] && probed.classifierInputs.isEmpty)
  }
}
