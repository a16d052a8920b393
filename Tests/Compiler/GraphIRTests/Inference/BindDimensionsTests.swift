import Tensors
import Testing

@testable import GraphIR

@Suite struct BindDimensionsTests {
  private let text = TextGraph(
    "y = Add (a, b) z = MaxPool <kernel_shape=[2,2]> (image)",
    inputs: "float[N,4] a, float[N,4] b, float[N,3,H,W] image")

  @Test func substitutesSymbolsEverywhere() throws {
    var graph = try text.inferred()
    #expect(graph.unboundInputs() == ["a", "b", "image"])
    try graph.bindDimensions(["image": [2, 3, 8, 9]])
    #expect(graph.unboundInputs() == [])
    #expect(graph.types["a"]?.description == "float[2, 4]")
    try graph.inferTypes(opsetVersion: 21)
    #expect(graph.types["y"]?.description == "float[2, 4]")
    #expect(graph.types["z"]?.description == "float[2, 3, 7, 8]")
  }

  @Test func reportsAllProblemsAndChangesNothing() throws {
    var graph = try text.inferred()
    let error = #expect(throws: TesseraError.self) {
      try graph.bindDimensions([
        "a": [2, 5], "b": [3, 4], "image": [2, 3, 0, 1], "other": [1], "y": [2, 4],
      ])
    }
    #expect(error?.kind == .invalidUsage)
    #expect(
      error?.diagnostics.map { $0.location?.description } == [
        "value 'a'", "value 'b'", "value 'image'", "value 'other'", "value 'y'",
      ])
    #expect(graph.types["a"]?.description == "float[N, 4]")
  }

  @Test func refusesAnotherRank() throws {
    var graph = try text.parsed()
    let error = #expect(throws: TesseraError.self) { try graph.bindDimensions(["a": [2, 4, 1]]) }
    #expect(
      error?.description
        == "value 'a': the shape [2, 4, 1] does not fit the input's type float[N, 4]")
  }
}
