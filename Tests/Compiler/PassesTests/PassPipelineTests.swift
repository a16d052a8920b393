import GraphIR
import Passes
import Tensors
import Testing

@Suite struct PassPipelineTests {
  @Test func reducesAWholeBlock() throws {
    try expectPipeline(
      turns: """
        g (float[N, 1, 4, 4] x) => (float[N, 3] prob)
        <float[2, 1, 1, 1] w = {1, 2}, float[2] scale = {2, 3}, float[2] bias = {0, 0},
         float[2] mean = {0, 1}, float[2] variance = {1, 1}, float[3, 8] fc_w = {
           1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0},
         float[3] fc_b = {1, 2, 3}> {
          conv1 = Conv (x, w)
          bn1 = BatchNormalization <epsilon = 0.0> (conv1, scale, bias, mean, variance)
          relu1 = Relu (bn1)
          pool1 = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (relu1)
          drop = Dropout (pool1)
          flat = Flatten (drop)
          fc = Gemm <transB = 1> (flat, fc_w, fc_b)
          prob = Softmax (fc)
        }
        """,
      into: """
        g (float[N, 1, 4, 4] x) => (float[N, 3] prob)
        <float[2, 1, 1, 1] w = {2, 6}, float[3, 8] fc_w = {
           1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0},
         float[3] fc_b = {1, 2, 3}, float[2] w_bias = {0, -3}> {
          pool1 = \(fusedConv("x, w, w_bias", activation: #"activation = "relu""#, pools: true))
          flat = Flatten (pool1)
          fc = \(fusedGemm("flat, fc_w, fc_b", transB: 1))
          prob = Softmax (fc)
        }
        """)
  }

  @Test func repeatsUntilNothingChanges() throws {
    // The dead user of c must go before the Relu can be fused.
    try expectPipeline(
      turns: """
        g (float[N, 1, 4, 4] x) => (float[N, 1, 4, 4] y) <float[1, 1, 1, 1] w = {1}> {
          c = Conv (x, w)
          dead = LRN <size = 1> (c)
          y = Relu (c)
        }
        """,
      into: """
        g (float[N, 1, 4, 4] x) => (float[N, 1, 4, 4] y) <float[1, 1, 1, 1] w = {1}> {
          y = \(fusedConv("x, w", activation: #"activation = "relu""#))
        }
        """)
  }

  @Test func showsTheGraphAfterEachPass() throws {
    var model = try inferredModel("g (float[N] x) => (float[N] y) { y = Relu (x) }")
    var context = PassContext(opsetVersion: 17)
    var seen: [String] = []
    try PassPipeline.standard.run(on: &model.graph, context: &context) { pass, _ in
      seen.append(pass.name)
    }
    #expect(seen.uniqued == PassPipeline.standard.passes.map(\.name))
  }

  @Test func namesThePassesForAnUnknownName() {
    let error = #expect(throws: TesseraError.self) {
      try PassPipeline.standard.pass(named: "fold-everything")
    }
    #expect(error?.kind == .invalidUsage)
    #expect(
      error?.description.hasPrefix(
        "there is no pass 'fold-everything'; the passes are fold-constants, ") == true)
  }

  @Test func foldedWeightsAreNewTensors() throws {
    let original = try inferredModel(
      """
      g (float[N, 1, 4, 4] x) => (float[N, 1, 4, 4] y)
      <float[1, 1, 1, 1] w = {3}, float two = {2}> {
        c = Conv (x, w)
        y = Mul (c, two)
      }
      """)
    var copy = original.graph
    var context = PassContext(opsetVersion: 17)
    try PassPipeline.standard.run(on: &copy, context: &context)
    #expect(copy.constants["w"]?.values() == [Float(6)])
    #expect(original.graph.constants["w"]?.values() == [Float(3)])
  }
}
