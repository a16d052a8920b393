import Differentiation
import GraphIR
import Testing

@Suite struct ExpandBatchNormalizationTests {
  private func expect(
    _ input: String, becomes expected: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var model = try inferredModel(input)
    try model.graph.expandBatchNormalization(opsetVersion: 17)
    let wanted = try inferredModel(expected)
    #expect(model.onnxText() == wanted.onnxText(), sourceLocation: sourceLocation)
  }

  @Test func parametersOfTheRun() throws {
    try expect(
      """
      g (float[2,3,4,4] x, float[3] s, float[3] b, float[3] m, float[3] v) => (float[2,3,4,4] y) {
        y = BatchNormalization <epsilon = 0.25> (x, s, b, m, v)
      }
      """,
      becomes: """
        g (float[2,3,4,4] x, float[3] s, float[3] b, float[3] m, float[3] v) => (float[2,3,4,4] y)
        <float "y.inference" = {0.25},
         int64[3] "y.inference_6" = {3, 1, 1},
         int64[3] "y.inference_9" = {3, 1, 1}> {
          "y.inference_1" = Add (v, "y.inference")
          "y.inference_2" = Sqrt ("y.inference_1")
          "y.inference_3" = Div (s, "y.inference_2")
          "y.inference_4" = Mul (m, "y.inference_3")
          "y.inference_5" = Sub (b, "y.inference_4")
          "y.inference_7" = Reshape ("y.inference_3", "y.inference_6")
          "y.inference_8" = Mul (x, "y.inference_7")
          "y.inference_10" = Reshape ("y.inference_5", "y.inference_9")
          y = Add ("y.inference_8", "y.inference_10")
        }
        """)
  }

  @Test func constantsStay() throws {
    let graph = """
      g (float[2,1,4] x) => (float[2,1,4] y)
      <float[1] s = {1}, float[1] b = {2}, float[1] m = {3}, float[1] v = {4}> {
        y = BatchNormalization (x, s, b, m, v)
      }
      """
    try expect(graph, becomes: graph)
  }
}
