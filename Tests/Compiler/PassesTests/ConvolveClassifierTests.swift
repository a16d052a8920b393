import GraphIR
import Passes
import Tensors
import Testing

/// `open-image-size` and `convolve-classifier`, by the pipeline that holds them.
@Suite struct ConvolveClassifierTests {
  /// A graph over 2×2 maps of 3 channels with two layers, `[12, 2]` and, transposed, `[2, 2]`.
  private func graph(_ body: String, input: String = "float[N, 3, 4, 4] x") -> String {
    let ones = Array(repeating: "1", count: 24).joined(separator: ", ")
    return """
      g (\(input)) => (float[N, 2] y)
      <float[12, 2] w = {\(ones)}, float[2] b = {1, 2}, float[2, 2] v = {1, 2, 3, 4},
       float[2] c = {5, 6}> {
        p = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (x)
        \(body)
      }
      """
  }

  @Test func layersBecomeWindows() throws {
    let ones = Array(repeating: "1", count: 24).joined(separator: ", ")
    try expectPipeline(
      .dense,
      turns: graph(
        """
        f = Flatten (p)
        m = MatMul (f, w)
        a = Add (m, b)
        r = Relu (a)
        d = Dropout (r)
        s = Gemm <transB = 1> (d, v)
        y = Softmax (s)
        """),
      into: """
        g (float[N, 3, H, W] x) => (float[N, 2, ?, ?] y)
        <float[12, 2] w = {\(ones)}, float[2, 2] v = {1, 2, 3, 4}, float[2] w_bias = {1, 2}> {
          p = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (x)
          r = \(windowGemm("p, w, w_bias", kernel: 2, activation: #"activation = "relu""#))
          s = \(windowGemm("r, v", kernel: 1, transB: 1))
          y = Softmax <axis = 1> (s)
        }
        """)
  }

  @Test func weightsStayTheTensorsThatTheyAre() throws {
    var model = try inferredModel(graph("f = Flatten (p) y = Gemm (f, w, b)"))
    let before = try #require(model.graph.constants["w"])
    var context = PassContext(opsetVersion: 17)
    try PassPipeline.dense.run(on: &model.graph, context: &context)
    let after = try #require(model.graph.constants["w"])
    #expect(after.storage === before.storage && after.shape == before.shape)
    #expect(context.nominalImage?.input == "x")
    #expect(context.nominalImage?.height == 4 && context.nominalImage?.width == 4)
  }

  /// The extents of the batch are computed from the image, as exporters do.
  @Test func shapeArithmeticFollowsTheImage() throws {
    try expectPipeline(
      .dense,
      turns: graph(
        """
        zero = Constant <value_ints = [0]> ()
        rest = Constant <value_ints = [-1]> ()
        e = Shape (p)
        n = Gather (e, zero)
        t = Concat <axis = 0> (n, rest)
        f = Reshape (p, t)
        y = Gemm (f, w, b)
        """),
      into: graph("y = \(windowGemm("p, w, b", kernel: 2))", input: "float[N, 3, H, W] x")
        .replacing("float[N, 2] y", with: "float[N, 2, ?, ?] y")
        .replacing(
          """
          , float[2, 2] v = {1, 2, 3, 4},
           float[2] c = {5, 6}
          """, with: ""))
  }

  @Test func symbolsOfTheModelAreNotTaken() throws {
    var model = try inferredModel(
      graph("f = Flatten (p) y = Gemm (f, w, b)", input: "float[H, 3, 4, 4] x"))
    var context = PassContext(opsetVersion: 17)
    try PassPipeline.dense.run(on: &model.graph, context: &context)
    #expect(model.graph.types["x"]?.description == "float[H, 3, H_1, W]")
  }

  @Test func softmaxOverAllThatFollowsIsPutBetweenTranspositions() throws {
    var model = try inferredModel(
      graph("f = Flatten (p) s = Gemm (f, w, b) y = Softmax <axis = 1> (s)"), opsetVersion: 11)
    var context = PassContext(opsetVersion: 11)
    try PassPipeline.dense.run(on: &model.graph, context: &context)
    #expect(
      model.graph.nodes.suffix(3).map(\.operatorName) == ["Transpose", "Softmax", "Transpose"])
    #expect(model.graph.types["y"]?.description == "float[N, 2, ?, ?]")
  }

  @Test func constantsByClassBecomeConstantsByChannel() throws {
    var model = try inferredModel(
      graph("f = Flatten (p) s = Gemm (f, w, b) r = Relu (s) y = Mul (r, c)"))
    var context = PassContext(opsetVersion: 17)
    try PassPipeline.dense.run(on: &model.graph, context: &context)
    let factor = try #require(model.graph.nodes.last?.inputs[1])
    #expect(model.graph.constants[factor]?.shape.dimensions == [2, 1, 1])
    #expect(model.graph.constants[factor]?.values() == [Float(5), 6])
  }

  @Test(arguments: [
    (
      "f = Flatten (p) y = Gemm (f, w, b)", "float[N, 3, H, W] x",
      "value 'x': dense evaluation needs the height and width that the classifier was trained at, but the input is float[N, 3, H, W]"
    ),
    (
      "f = Flatten (p) r = Relu (f) y = Gemm (r, w, b)", "float[N, 3, 4, 4] x",
      "node 'r' (Relu): dense evaluation cannot apply it to the flattened feature map 'f', only fully connected layers"
    ),
    (
      "f = Flatten (p) e = Flatten (x) t = Concat <axis = 1> (f, e) u = Slice (t, i0, i12, i1) y = Gemm (u, w, b)",
      "float[N, 3, 4, 4] x, int64[1] i0, int64[1] i12, int64[1] i1",
      "node 't' (Concat): dense evaluation cannot apply it to the flattened feature map 'f', only fully connected layers"
    ),
    (
      "f = Flatten (p) s = Gemm (f, w, b) y = Transpose (s)",
      "float[N, 3, 4, 4] x",
      "node 'y' (Transpose): dense evaluation cannot apply it to 's' at every position"
    ),
    (
      "f = Flatten (p) y = Gemm (f, u)", "float[N, 3, 4, 4] x, float[12, 2] u",
      "node 'y' (Gemm): dense evaluation needs a layer with constant weights, but 'u' is a value of the run; --weights binds graph inputs"
    ),
    (
      "q = GlobalAveragePool (p) e = Concat <axis = 1> (q, q, q, q) f = Flatten (e) y = Gemm (f, w, b)",
      "float[N, 3, 4, 4] x",
      "node 'y' (Gemm): dense evaluation needs a feature map that grows with the image, but 'e', made by node 'e', has 1x1 positions whatever the image's size"
    ),
    (
      "f = Flatten (p) s = Gemm (f, w, b) y = Add (s, z)", "float[N, 3, 4, 4] x, float[N, 2] z",
      "node 'y' (Add): dense evaluation has scores at every position here, but 'z' is the same for all"
    ),
  ])
  func whatDoesNotFitIsNamed(_ body: String, _ input: String, _ message: String) throws {
    var model = try inferredModel(
      graph(body, input: input).replacing("float[N, 2] y", with: "float[] y"))
    var context = PassContext(opsetVersion: 17)
    let error = #expect(throws: TesseraError.self) {
      try PassPipeline.dense.run(on: &model.graph, context: &context)
    }
    #expect(error?.kind == .unsupported)
    #expect(error?.description == message)
  }

  @Test func aFlattenedMapIsNoOutput() throws {
    var model = try inferredModel(
      graph("f = Flatten (p) y = Gemm (f, w, b)")
        .replacing("(float[N, 2] y)", with: "(float[N, 2] y, float[N, 12] f)"))
    var context = PassContext(opsetVersion: 17)
    let error = #expect(throws: TesseraError.self) {
      try PassPipeline.dense.run(on: &model.graph, context: &context)
    }
    #expect(
      error?.description
        == "value 'f': dense evaluation has a window at every position, not the flattened feature map that is an output"
    )
  }
}
