import Testing

@Suite struct FoldBatchNormTests {
  private let name = "fold-batch-norm"

  /// Statistics of two channels with the factors 2 and -3.
  private let statistics = """
    float[2] scale = {4, -9}, float[2] bias = {1, 2}, float[2] mean = {10, 20},
    float[2] variance = {3, 8}
    """

  private func graph(_ conv: String, outputs: String = "float[N, 2, 3, 3] y", rest: String = "")
    -> String
  {
    """
    g (float[N, 1, 3, 3] x) => (\(outputs))
    <float[2, 1, 1, 1] w = {1, 2}, float[2] b = {5, 6}, \(statistics)> {
      c = \(conv)
      y = BatchNormalization <epsilon = 1.0> (c, scale, bias, mean, variance)
      \(rest)
    }
    """
  }

  @Test func scalesWeightsAndShiftsTheBias() throws {
    try expect(
      name, turns: graph(fusedConv("x, w, b")),
      into: """
        g (float[N, 1, 3, 3] x) => (float[N, 2, 3, 3] y)
        <float[2, 1, 1, 1] w = {2, -6}, float[2] b = {-9, 44}, \(statistics)> {
          y = \(fusedConv("x, w, b"))
        }
        """)
  }

  @Test func addsABias() throws {
    try expect(
      name, turns: graph(fusedConv("x, w")),
      into: """
        g (float[N, 1, 3, 3] x) => (float[N, 2, 3, 3] y)
        <float[2, 1, 1, 1] w = {2, -6}, float[2] b = {5, 6}, \(statistics),
         float[2] w_bias = {-19, 62}> {
          y = \(fusedConv("x, w, w_bias"))
        }
        """)
  }

  @Test func foldsIntoAMatrixProduct() throws {
    try expect(
      name,
      turns: """
        g (float[N, 1] x) => (float[N, 2] y) <float[1, 2] w = {1, 2}, \(statistics)> {
          c = \(fusedGemm("x, w"))
          y = BatchNormalization <epsilon = 1.0> (c, scale, bias, mean, variance)
        }
        """,
      into: """
        g (float[N, 1] x) => (float[N, 2] y)
        <float[1, 2] w = {2, -6}, \(statistics), float[2] w_bias = {-19, 62}> {
          y = \(fusedGemm("x, w, w_bias"))
        }
        """)
  }

  @Test func keepsAfterAnActivation() throws {
    try expect(name, keeps: graph(fusedConv("x, w, b", activation: #"activation = "relu""#)))
  }

  @Test func keepsAValueThatOthersRead() throws {
    try expect(
      name,
      keeps: graph(
        fusedConv("x, w, b"), outputs: "float[N, 2, 3, 3] y, float[N, 2, 3, 3] z",
        rest: "z = Relu (c)"))
  }

  @Test func keepsAnOutputOfTheGraph() throws {
    try expect(
      name,
      keeps: graph(fusedConv("x, w, b"), outputs: "float[N, 2, 3, 3] y, float[N, 2, 3, 3] c"))
  }

  @Test func keepsStatisticsThatAreNotConstant() throws {
    try expect(
      name,
      keeps: """
        g (float[N, 1, 3, 3] x, float[2] m) => (float[N, 2, 3, 3] y)
        <float[2, 1, 1, 1] w = {1, 2}, \(statistics)> {
          c = \(fusedConv("x, w"))
          y = BatchNormalization <epsilon = 1.0> (c, scale, bias, m, variance)
        }
        """)
  }

  @Test func keepsAVarianceThatHasNoRoot() throws {
    try expect(
      name,
      keeps: """
        g (float[N, 1, 3, 3] x) => (float[N, 2, 3, 3] y)
        <float[2, 1, 1, 1] w = {1, 2}, \(statistics), float[2] v = {1, -5}> {
          c = \(fusedConv("x, w"))
          y = BatchNormalization <epsilon = 1.0> (c, scale, bias, mean, v)
        }
        """)
  }
}
