import Tensors
import Testing

@testable import GraphIR

/// Types that a model declares for values that its nodes make.
@Suite struct DeclaredTypesTests {
  private static func graph(_ declared: [String: TensorType]) throws -> Graph {
    var graph = try TextGraph(
      "[pool] p = MaxPool <kernel_shape=[2,2], strides=[2,2]> (x) s = Shape (p) y = Relu (p)",
      inputs: "float[N,3,H,8] x"
    ).parsed()
    graph.outputs = ["y", "s"]
    graph.types.merge(declared) { _, new in new }
    return graph
  }

  private static func floats(_ dimensions: Dimension...) -> TensorType {
    TensorType(.float32, dimensions)
  }

  @Test func whatFitsIsNoWarningAndDecidesNothing() throws {
    var graph = try Self.graph([
      "p": Self.floats(.fixed(1), .fixed(3), .fixed(4), .fixed(4)),
      "y": Self.floats(.symbol("N"), .symbol("C"), .unknown, .fixed(4)),
    ])
    #expect(try graph.inferModelTypes(opsetVersion: 21) == [])
    #expect(graph.types["p"]?.description == "float[N, 3, ?, 4]")
    // Nor is the shape a constant that an old size left behind.
    #expect(graph.inferredTensor("s") == nil)
  }

  @Test func shapesThatContradictAreOneWarning() throws {
    var graph = try Self.graph([
      "p": Self.floats(.symbol("N"), .fixed(3), .symbol("H"), .fixed(8)),
      "y": Self.floats(.symbol("N"), .fixed(3)),
    ])
    #expect(
      try graph.inferModelTypes(opsetVersion: 21).map(\.description) == [
        "node 'pool' (MaxPool): its result 'p' is declared as float[N, 3, H, 8], but is "
          + "float[N, 3, ?, 4]; the declared shape is ignored, like 1 more"
      ])
    #expect(graph.types["y"]?.description == "float[N, 3, ?, 4]")
  }

  @Test func theyAreComparedForBoundShapes() throws {
    var graph = try Self.graph(["p": Self.floats(.symbol("N"), .fixed(3), .symbol("H"), .fixed(4))])
    try graph.bindDimensions(["x": [2, 3, 8, 8]])
    #expect(
      try graph.inferModelTypes(opsetVersion: 21).map(\.description) == [
        "node 'pool' (MaxPool): its result 'p' is declared as float[2, 3, 8, 4], but is "
          + "float[2, 3, 4, 4]; the declared shape is ignored"
      ])
  }

  @Test func otherElementTypesAreAnError() throws {
    var graph = try Self.graph([
      "p": TensorType(.float64, nil), "s": TensorType(.int32, [.fixed(4)]),
    ])
    let error = #expect(throws: TesseraError.self) {
      try graph.inferModelTypes(opsetVersion: 21)
    }
    #expect(
      error?.diagnostics.map(\.description) == [
        "node 'pool' (MaxPool): its result 'p' is declared as double[], but is float[N, 3, ?, 4]",
        "node 's' (Shape): its result 's' is declared as int32[4], but is int64[4]",
      ])
  }
}
