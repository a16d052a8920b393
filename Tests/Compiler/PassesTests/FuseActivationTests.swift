import Testing

@Suite struct FuseActivationTests {
  private let name = "fuse-activation"

  private func graph(_ body: String, outputs: String = "float[N, 2, 4, 4] y", extent: Int = 4)
    -> String
  {
    """
    g (float[N, 1, 4, 4] x) => (\(outputs))
    <float[2, 1, 1, 1] w = {1, 2}, float minus = {-1}, float zero = {0}, float six = {6}> {
      \(body)
    }
    """
  }

  @Test(arguments: [
    ("Relu (c)", #"activation = "relu""#),
    ("Clip (c, zero)", #"activation = "relu""#),
    ("Clip (c, minus, six)", #"activation = "clamp", low = -1.0, high = 6.0"#),
    ("Clip (c)", #"activation = "identity""#),
  ])
  func fusesIntoAConvolution(operation: String, activation: String) throws {
    try expect(
      name, turns: graph("c = \(fusedConv("x, w")) y = \(operation)"),
      into: graph("y = \(fusedConv("x, w", activation: activation))"))
  }

  @Test func fusesOneSidedBounds() throws {
    try expect(
      name, turns: graph("c = \(fusedConv("x, w")) y = Clip (c, , six)"),
      into: graph(
        "y = \(fusedConv("x, w", activation: #"activation = "clamp", low = -inf, high = 6.0"#))"))
  }

  @Test func readsBoundsFromAttributes() throws {
    let graph = { (body: String) in
      "g (float[N, 1] x) => (float[N, 2] y) <float[1, 2] w = {1, 2}> { \(body) }"
    }
    try expect(
      name, turns: graph("c = \(fusedGemm("x, w")) y = Clip <min = 0.0, max = 6.0> (c)"),
      into: graph(
        "y = \(fusedGemm("x, w", activation: #"activation = "clamp", low = 0.0, high = 6.0"#))"),
      opsetVersion: 9)
  }

  @Test(arguments: [
    (#"activation = "relu""#, "Relu (c)", #"activation = "relu""#),
    (
      #"activation = "clamp", low = -1.0, high = 6.0"#, "Relu (c)",
      #"activation = "clamp", low = 0.0, high = 6.0"#
    ),
    (
      #"activation = "relu""#, "Clip (c, minus, six)",
      #"activation = "clamp", low = 0.0, high = 6.0"#
    ),
    (
      #"activation = "clamp", low = 3.0, high = 1.0"#, "Relu (c)",
      #"activation = "clamp", low = 3.0, high = 1.0"#
    ),
    (
      #"activation = "clamp", low = -3.0, high = -2.0"#, "Clip (c, minus, six)",
      #"activation = "clamp", low = -1.0, high = -1.0"#
    ),
  ])
  func composesActivations(first: String, second: String, both: String) throws {
    try expect(
      name, turns: graph("c = \(fusedConv("x, w", activation: first)) y = \(second)"),
      into: graph("y = \(fusedConv("x, w", activation: both))"))
  }

  @Test func movesBeforeAFusedPooling() throws {
    let outputs = "float[N, 2, 2, 2] y"
    try expect(
      name, turns: graph("c = \(fusedConv("x, w", pools: true)) y = Relu (c)", outputs: outputs),
      into: graph(
        "y = \(fusedConv("x, w", activation: #"activation = "relu""#, pools: true))",
        outputs: outputs))
  }

  @Test func keepsAValueThatOthersRead() throws {
    let outputs = "float[N, 2, 4, 4] y, float[N, 2, 4, 4] z"
    try expect(
      name, keeps: graph("c = \(fusedConv("x, w")) y = Relu (c) z = Add (c, c)", outputs: outputs))
    try expect(
      name,
      keeps: graph(
        "c = \(fusedConv("x, w")) y = Relu (c)",
        outputs: "float[N, 2, 4, 4] y, float[N, 2, 4, 4] c"))
  }

  @Test func keepsBoundsThatAreNotConstant() throws {
    try expect(
      name,
      keeps: """
        g (float[N, 1, 4, 4] x, float low) => (float[N, 1, 4, 4] y)
        <float[1, 1, 1, 1] w = {1}> {
          c = \(fusedConv("x, w"))
          y = Clip (c, low)
        }
        """)
  }

  @Test func keepsActivationsOfOtherNodes() throws {
    try expect(name, keeps: graph("c = Conv (x, w) y = Relu (c)"))
  }
}
