import GraphIR
import Tensors
import TestSupport
import Testing

@testable import Passes

/// Who reads what, while a graph is rewritten.
@Suite struct GraphRewriterTests {
  private let graph = Graph(
    name: "g", inputs: ["x"], outputs: ["y"],
    nodes: [
      Node("Relu", inputs: ["x"], outputs: ["a"]),
      Node("Identity", inputs: ["a"], outputs: ["b"]),
      Node("Concat", inputs: ["b", "a", "b"], outputs: ["c"], attributes: ["axis": .int(0)]),
      Node("Relu", inputs: ["c"], outputs: ["y"]),
    ])

  @Test func usesFollowARedirection() {
    var rewriter = GraphRewriter(graph)
    #expect(rewriter.hasSingleUse("c") && !rewriter.hasSingleUse("b"))
    #expect(rewriter.firstUser(of: "a") == 1)
    let isGone = rewriter.bypass(1, with: "a")
    #expect(isGone)
    #expect(rewriter[2]?.inputs == ["a", "a", "a"])
    #expect(rewriter.isUnused("b") && !rewriter.hasSingleUse("a"))
    #expect(rewriter.firstUser(of: "a") == 2 && rewriter.firstUser(of: "b") == nil)
  }

  /// A use that ends and begins again counts once.
  @Test func usesFollowAReplacement() throws {
    var rewriter = GraphRewriter(graph)
    var node = try #require(rewriter[3])
    for input in ["x", "c", "a", "c"] {
      node.inputs = [input]
      rewriter.replace(3, with: node)
    }
    #expect(rewriter.hasSingleUse("c") && rewriter.firstUser(of: "c") == 3)
    #expect(rewriter.hasSingleUse("x") && rewriter.firstUser(of: "x") == 0)
    rewriter.remove(3)
    #expect(rewriter.isUnused("c") && rewriter.firstUser(of: "c") == nil)
  }

  @Test func addedNodesFollow() throws {
    var rewriter = GraphRewriter(graph)
    for (input, output) in [("a", "d"), ("d", "e")] {
      rewriter.add(Node("Relu", inputs: [input], outputs: [output]), after: 0)
    }
    let added = try #require(rewriter.producer(of: "e"))
    #expect(rewriter[added]?.inputs == ["d"] && rewriter.hasSingleUse("d"))
    var result = graph
    let isChanged = rewriter.commit(to: &result)
    #expect(isChanged)
    #expect(result.nodes.map { $0.outputs[0] } == ["a", "d", "e", "b", "c", "y"])
  }

  @Test func freshNamesCountOn() throws {
    var rewriter = GraphRewriter(graph)
    let tensor = try Tensor([Float(1)], shape: [1])
    let names = (0..<3).map { _ in rewriter.addConstant(tensor, preferredName: "a") }
    #expect(names == ["a_1", "a_2", "a_3"])
    let free = rewriter.addConstant(tensor, preferredName: "z")
    #expect(free == "z")
  }
}
