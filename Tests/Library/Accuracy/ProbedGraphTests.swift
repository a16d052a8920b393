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

  /// The gradient of a ReLU jumps, and what is computed of it; what decides is measured in its place.
  @Test func gradientsThatJumpAreNotMeasured() throws {
    let gradient = Node(
      "Pointwise", domain: "tessera", inputs: ["r", "g"], outputs: ["d"],
      attributes: ["program": .strings(["constant 0.0", "less 2 0", "selectWhere 3 1"])])
    let smooth = Node(
      "Pointwise", domain: "tessera", inputs: ["a", "g"], outputs: ["s"],
      attributes: ["program": .strings(["multiply 0 1"])])
    let graph = try Self.graph(
      [
        Self.conv("x", "a"), Node("Relu", inputs: ["a"], outputs: ["r"]), Self.product("r", "y"),
        smooth, gradient, Self.conv("d", "e"),
      ], outputs: ["y", "e", "d", "s"])
    let steps = GradientSteps(graph)
    #expect(steps.deciding == ["r"])
    #expect(steps.outputs == ["e", "d"])
    let probed = graph.forErrorProbe(steps)
    #expect(probed.graph.outputs == ["y", "s", "r"])
    #expect(probed.graph.nodes.map(\.operatorName) == ["Conv", "Relu", "Gemm", "Pointwise"])
  }

  /// Of a pooling the largest element decides; of the gradient that it passes nothing does.
  @Test func gradientsOfPoolingsJump() throws {
    let graph = try Self.graph(
      [
        Node("MaxPool", inputs: ["x"], outputs: ["p"]),
        Node("MaxPoolGradient", domain: "tessera", inputs: ["x", "p", "g"], outputs: ["d"]),
      ], outputs: ["p", "d"])
    #expect(GradientSteps(graph).deciding == ["x"])
    #expect(GradientSteps(graph).outputs == ["d"])
  }

  /// The operators of a model have no steps that differentiation made.
  @Test func otherNetworksHaveNone() throws {
    let graph = try Self.graph(
      [Self.conv("x", "a"), Node("Sign", inputs: ["a"], outputs: ["b"])], outputs: ["b"])
    #expect(GradientSteps(graph).outputs.isEmpty)
    #expect(graph.forErrorProbe(GradientSteps(graph)).graph.outputs == ["b"])
  }
}
