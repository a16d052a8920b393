import Differentiation
import GraphIR
import Tensors
import Testing

@Suite struct LossTests {
  private func expectLoss(
    _ terms: [LossTerm], in input: String, is expected: String, comparing: [String] = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var model = try inferredModel(input)
    let appended = try model.graph.appendLoss(terms, opsetVersion: 17)
    #expect(appended.compared == comparing, sourceLocation: sourceLocation)
    model.graph.outputs = [appended.loss]
    let wanted = try inferredModel(expected)
    #expect(model.onnxText() == wanted.onnxText(), sourceLocation: sourceLocation)
  }

  private func problem(_ terms: [LossTerm], in input: String) -> TesseraError? {
    #expect(throws: TesseraError.self) {
      var model = try inferredModel(input)
      _ = try model.graph.appendLoss(terms, opsetVersion: 17)
    }
  }

  /// Its gradient is that of the sum of its elements.
  @Test func oneSumIsTheValue() throws {
    let graph = "g (float[2, 3] x) => (float[2, 3] y) { y = Relu (x) }"
    try expectLoss([LossTerm(.sum, of: "y")], in: graph, is: graph)
  }

  @Test func weightedSum() throws {
    try expectLoss(
      [LossTerm(.weightedSum, of: "y", times: 2)],
      in: "g (float[2, 3] x) => (float[2, 3] y) { y = Relu (x) }",
      is: """
        g (float[2,3] x, float[2,3] "y.weights") => (float loss)
        <int64[2] "y.loss_1" = {0, 1}, float "y.loss_3" = {2.0}> {
          y = Relu (x)
          "y.loss" = Mul (y, "y.weights")
          "y.loss_2" = ReduceSum <keepdims = 0> ("y.loss", "y.loss_1")
          "y.loss_4" = Mul ("y.loss_2", "y.loss_3")
          loss = Identity ("y.loss_4")
        }
        """, comparing: ["y"])
  }

  @Test func squaredDistanceAndAnotherTerm() throws {
    try expectLoss(
      [LossTerm(.squaredDistance, of: "y"), LossTerm(.sum, of: "x", times: 0.5)],
      in: "g (float[4] x) => (float[4] y) { y = Relu (x) }",
      is: """
        g (float[4] x, float[4] "y.target") => (float loss)
        <int64[1] "y.loss_2" = {0}, float "y.loss_4" = {0.25}, int64[1] "x.loss" = {0},
         float "x.loss_2" = {0.5}> {
          y = Relu (x)
          "y.loss" = Sub (y, "y.target")
          "y.loss_1" = Mul ("y.loss", "y.loss")
          "y.loss_3" = ReduceSum <keepdims = 0> ("y.loss_1", "y.loss_2")
          "y.loss_5" = Mul ("y.loss_3", "y.loss_4")
          "x.loss_1" = ReduceSum <keepdims = 0> (x, "x.loss")
          "x.loss_3" = Mul ("x.loss_1", "x.loss_2")
          "x.loss_4" = Add ("y.loss_5", "x.loss_3")
          loss = Identity ("x.loss_4")
        }
        """, comparing: ["y"])
  }

  @Test func gramDistance() throws {
    try expectLoss(
      [LossTerm(.gramDistance, of: "y")],
      in: "g (float[2, 4, 1, 2] x) => (float[2, 4, 1, 2] y) { y = Relu (x) }",
      is: """
        g (float[2,4,1,2] x, float[2,4,4] "y.gram.target") => (float loss)
        <int64[3] "y.loss" = {2, 4, 2}, float "y.loss_2" = {0.125},
         int64[3] "y.loss_7" = {0, 1, 2}, float "y.loss_9" = {0.5}> {
          y = Relu (x)
          "y.loss_1" = Reshape (y, "y.loss")
          "y.loss_3" = Mul ("y.loss_1", "y.loss_2")
          "y.loss_4" = Transpose <perm = [0, 2, 1]> ("y.loss_3")
          "y.gram" = MatMul ("y.loss_1", "y.loss_4")
          "y.loss_5" = Sub ("y.gram", "y.gram.target")
          "y.loss_6" = Mul ("y.loss_5", "y.loss_5")
          "y.loss_8" = ReduceSum <keepdims = 0> ("y.loss_6", "y.loss_7")
          "y.loss_10" = Mul ("y.loss_8", "y.loss_9")
          loss = Identity ("y.loss_10")
        }
        """, comparing: ["y.gram"])
  }

  @Test func equalTermsAreOne() throws {
    let graph = "g (float[4] x) => (float[4] y) { y = Relu (x) }"
    let half = LossTerm(.sum, of: "y", times: 0.5)
    try expectLoss([half, half], in: graph, is: graph)
  }

  @Test func termsThatCannotBe() throws {
    let graph = "g (float[4] x) => (float[4] y) { y = Relu (x) }"
    #expect(problem([], in: graph)?.kind == .invalidUsage)
    let unknown = problem([LossTerm(.squaredDistance, of: "z")], in: graph)
    #expect(unknown?.diagnostics.map(\.description) == ["value 'z': the graph has no such value"])
    let infinite = problem([LossTerm(.sum, of: "y", times: .infinity)], in: graph)
    #expect(
      infinite?.diagnostics.map(\.description) == [
        "value 'y': the factor of a term must be finite, found inf"
      ])
    let flat = problem([LossTerm(.gramDistance, of: "y")], in: graph)
    #expect(flat?.kind == .unsupported)
    #expect(
      flat?.diagnostics.map(\.description) == [
        "value 'y': a Gram matrix needs a value [images, channels, positions…], found float[4]"
      ])
  }
}
