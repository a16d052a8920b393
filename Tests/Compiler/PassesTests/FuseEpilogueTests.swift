import Testing

@Suite struct FuseEpilogueTests {
  private let name = "fuse-epilogue"

  private func graph(_ body: String, outputs: String = "float[N, 2, 4, 4] y") -> String {
    """
    g (float[N, 1, 4, 4] x, float[N, 2, 4, 4] r, float[N, 2, 1, 1] s, float[4] t, float[2, 1, 1] v) => (\(outputs))
    <float[2, 1, 1, 1] w = {1, 2}, float[2] b = {3, 4}, float[2, 1, 1] k = {5, 6}, float half = {0.5}> {
      \(body)
    }
    """
  }

  private func conv(_ inputs: String, epilogue: [String]) -> String {
    let list = epilogue.map { "\"\($0)\"" }.joined(separator: ", ")
    return fusedConv(inputs, activation: #"activation = "identity", epilogue = [\#(list)]"#)
  }

  @Test func takesOverASingleNode() throws {
    try expect(
      name, turns: graph("c = \(fusedConv("x, w, b")) y = Add (r, c)"),
      into: graph("y = \(conv("x, w, b, r", epilogue: ["add 1 0"]))"))
  }

  @Test func takesOverAProgram() throws {
    try expect(
      name,
      turns: graph(
        """
        c = \(fusedConv("x, w"))
        y = tessera.Pointwise <program = ["add 0 1", "constant 0.0", "maximum 2 3"]> (r, c)
        """),
      into: graph(
        "y = \(conv("x, w, , r", epilogue: ["add 1 0", "constant 0.0", "maximum 2 3"]))"))
  }

  @Test func readsOneElementAChannelAndConstants() throws {
    try expect(
      name,
      turns: graph(
        """
        c = \(fusedConv("x, w, b"))
        y = tessera.Pointwise <program = ["multiply 0 1", "add 3 2"]> (c, s, k)
        """),
      into: graph("y = \(conv("x, w, b, s, k", epilogue: ["multiply 0 1", "add 3 2"]))"))
    try expect(
      name, turns: graph("c = \(fusedConv("x, w, b")) y = Div (half, c)"),
      into: graph("y = \(conv("x, w, b", epilogue: ["constant 0.5", "divide 1 0"]))"))
  }

  /// Of two convolutions the last, which is where the other operand is already.
  @Test func theLastConvolutionTakesASumOfTwo() throws {
    try expect(
      name,
      turns: graph("c = \(fusedConv("x, w, b")) d = \(fusedConv("x, w")) y = Add (c, d)"),
      into: graph("c = \(fusedConv("x, w, b")) y = \(conv("x, w, , c", epilogue: ["add 1 0"]))"))
  }

  @Test(arguments: [
    "Add (c, t)",  // one element a column
    "Add (c, v)",  // one element a channel, not constant, which is not stored as an image
    "Tanh (p)",  // not read by one node alone
  ])
  func keeps(node: String) throws {
    let text = graph(
      """
      c = \(fusedConv("x, w, b"))
      p = \(fusedConv("x, w"))
      y = \(node)
      u = MaxPool <kernel_shape = [4, 4]> (p)
      """, outputs: "float[N, 2, 4, 4] y, float[N, 2, 1, 1] u")
    try expect(name, keeps: text)
  }

  @Test(arguments: [
    ("MaxPool", "kernel_shape = [2, 2], strides = [1, 1]"),
    ("AveragePool", "count_include_pad = 1, kernel_shape = [3, 3]"),
  ])
  func aPoolTakesOver(pool: String, attributes: String) throws {
    let head = "g (float[N, 2, 4, 4] x, float[N, 2, 1, 1] s) => (float[N, 2, 4, 4] y) "
    let pads = "pads = \(pool == "MaxPool" ? "[0, 0, 1, 1]" : "[1, 1, 1, 1]")"
    try expect(
      name, turns: head + "{ p = \(pool) <\(attributes), \(pads)> (x) y = Mul (s, p) }",
      into: head + #"{ y = tessera.\#(pool) <\#(attributes), epilogue = ["multiply 1 0"], "#
        + "\(pads)> (x, s) }")
  }

  @Test func aMeanTakesOver() throws {
    let head = "g (float[N, 2, 4, 4] x) => (float[N, 2, 1, 1] y) <int64[2] axes = {2, 3}> "
    try expect(
      name, turns: head + "{ p = GlobalAveragePool (x) y = Sigmoid (p) }",
      into: head + #"{ y = tessera.GlobalAveragePool <epilogue = ["sigmoid 0"]> (x) }"#)
    try expect(
      name, turns: head + "{ p = ReduceMean (x, axes) y = Tanh (p) }",
      into: head
        + #"{ y = tessera.ReduceMean <epilogue = ["hyperbolicTangent 0"]> (x, axes) }"#,
      opsetVersion: 18)
  }

  @Test func aMatrixProductTakesOver() throws {
    let head = """
      g (float[N, 3] x, float[N, 2] r, float[2] t, float[N, 1] s) => (float[N, 2] y)
      <float[3, 2] w = {1, 2, 3, 4, 5, 6}>
      """
    try expect(
      name,
      turns: head + """
        { a = \(fusedGemm("x, w"))
          y = tessera.Pointwise <program = ["add 0 1", "multiply 3 2"]> (r, a, t) }
        """,
      into: head
        + """
        { y = tessera.Gemm <activation = "identity", epilogue = ["add 1 0", "multiply 3 2"],
            trans_b = 0> (x, w, , r, t) }
        """)
    try expect(name, keeps: head + "{ a = \(fusedGemm("x, w")) y = Add (a, s) }")
    try expect(
      name, keeps: head + "{ k = \(fusedGemm("x, w")) a = Softmax (k) y = Tanh (a) }")
  }

  @Test func keepsAPooledConvolutionAndAnOutput() throws {
    try expect(
      name,
      keeps: graph(
        "c = \(fusedConv("x, w, b", pools: true)) y = Tanh (c)", outputs: "float[N, 2, 2, 2] y"))
    try expect(
      name,
      keeps: graph(
        "c = \(fusedConv("x, w, b")) y = Tanh (c)",
        outputs: "float[N, 2, 4, 4] y, float[N, 2, 4, 4] c"))
  }
}
