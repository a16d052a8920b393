import Frontend
import GraphIR
import TensorFiles
import Tensors
import Testing

private let graph = """
  <ir_version: 10, opset_import: ["": 21]>
  g (float[N,2] x, float[3,2] w, float[3] b, float extra) => (float[N,3] y)
  {
    h = Gemm <transB = 1> (x, w, b)
    y = Add (h, extra)
  }
  """

/// Binds the arrays, written to an `.npz` file, and returns the model and what was reported.
private func bind(_ arrays: [(name: String, tensor: Tensor)]) throws -> (Model, [String]) {
  try Fixture.withFolder { folder in
    let path = "\(folder)/w.npz"
    try NPZFile.write(arrays.map { ($0.name, $0.tensor) }, to: path)
    var model = try Model(onnxText: graph)
    do throws(TesseraError) {
      let warnings = try bindWeights(of: &model, from: .file(path: path))
      return (model, warnings.map { $0.description.replacing("\(path): ", with: "") })
    } catch {
      return (
        model,
        error.description.replacing("\(path): ", with: "").split(separator: "\n").map(String.init)
      )
    }
  }
}

@Suite struct WeightBindingTests {
  private let matrix: [Float] = [1, 2, 3, 4, 5, 6]

  @Test func bindsByNameConvertsAndWarnsOfTheRest() throws {
    let (model, warnings) = try bind([
      ("w", Tensor(matrix.map(Double.init), shape: [3, 2])),
      ("b", Tensor([1, 2, 3] as [Float16], shape: [3])),
      ("other", Tensor([1] as [Float], shape: [1])),
    ])
    #expect(model.graph.inputs == ["x", "extra"])
    #expect(model.graph.constants["w"]?.values() == matrix)
    #expect(model.graph.constants["b"]?.values() == [1, 2, 3] as [Float])
    #expect(warnings == ["value 'other': no graph input wants this entry"])
  }

  @Test func bindsInputsThatAreNoWeightPositions() throws {
    let (model, warnings) = try bind([
      ("w", Tensor(matrix, shape: [3, 2])), ("b", Tensor([1, 2, 3] as [Float], shape: [3])),
      ("extra", Tensor([7] as [Float], shape: [])),
    ])
    #expect(model.graph.inputs == ["x"])
    #expect(warnings.isEmpty)
  }

  @Test func reportsAllProblemsTogether() throws {
    let (_, problems) = try bind([
      ("w", Tensor(matrix, shape: [2, 3])), ("extra", Tensor([7] as [Int64], shape: [])),
      ("unwanted", Tensor([1] as [Float], shape: [1])),
    ])
    #expect(
      problems == [
        "value 'w': expected float[3, 2], found shape 2x3",
        "value 'extra': expected elements of 'float', found 'int64'",
        "value 'b': the graph input has no entry among the weights",
        "value 'unwanted': no graph input wants this entry",
      ])
  }

  @Test func bindsTheInitializersOfAnotherModel() throws {
    try Fixture.withFolder { folder in
      let path = "\(folder)/w.onnx"
      var source = try Model(onnxText: graph)
      _ = try bindWeights(of: &source, from: .random(seed: 1))
      try ModelWriter.write(source, to: path)
      var model = try Model(onnxText: graph)
      #expect(try bindWeights(of: &model, from: .file(path: path)).isEmpty)
      #expect(model.onnxText() == source.onnxText())
    }
  }

  @Test func refusesFilesOfOtherKinds() throws {
    var model = try Model(onnxText: graph)
    #expect(throws: TesseraError.self) { try bindWeights(of: &model, from: .file(path: "w.txt")) }
  }
}
