import Testing

@Suite struct LegalizeConvTests {
  @Test func makesDefaultsExplicit() throws {
    try expect(
      "legalize-conv",
      turns: """
        g (float[N, 1, H, W] x) => (float[N, 2, ?, ?] y)
        <float[2, 1, 1, 1] w = {1, 2}, float[2] b = {3, 4}> {
          [first] y = Conv (x, w, b)
        }
        """,
      into: """
        g (float[N, 1, H, W] x) => (float[N, 2, ?, ?] y)
        <float[2, 1, 1, 1] w = {1, 2}, float[2] b = {3, 4}> {
          [first] y = \(fusedConv("x, w, b"))
        }
        """)
  }

  @Test func resolvesSamePaddingForFixedExtents() throws {
    let input = """
      g (float[N, 1, 5, 6] x) => (float[N, 1, 3, 3] y) <float[1, 1, 2, 2] w = {1, 2, 3, 4}> {
        y = Conv <auto_pad = "SAME_UPPER", strides = [2, 2]> (x, w)
      }
      """
    try expect(
      "legalize-conv", turns: input,
      into: """
        g (float[N, 1, 5, 6] x) => (float[N, 1, 3, 3] y) <float[1, 1, 2, 2] w = {1, 2, 3, 4}> {
          y = \(fusedConv("x, w", kernel: 2, strides: 2, pads: "0, 0, 1, 0"))
        }
        """)
  }

  @Test func keepsSamePaddingForSymbolicExtents() throws {
    try expect(
      "legalize-conv",
      keeps: """
        g (float[N, 1, H, W] x) => (float[N, 1, ?, ?] y) <float[1, 1, 2, 2] w = {1, 2, 3, 4}> {
          y = Conv <auto_pad = "SAME_UPPER", strides = [2, 2]> (x, w)
        }
        """)
  }

  @Test func takesWeightsAndBiasOfTheRun() throws {
    try expect(
      "legalize-conv",
      turns: """
        g (float[N, 1, 5, 5] x, float[2, 1, 1, 1] w, float[2] b) => (float[N, 2, 5, 5] y) {
          y = Conv (x, w, b)
        }
        """,
      into: """
        g (float[N, 1, 5, 5] x, float[2, 1, 1, 1] w, float[2] b) => (float[N, 2, 5, 5] y) {
          y = \(fusedConv("x, w, b"))
        }
        """)
  }

  @Test func keepsWeightsOfUnknownExtents() throws {
    try expect(
      "legalize-conv",
      keeps: """
        g (float[N, 1, 5, 5] x, float[M, 1, 1, 1] w) => (float[N, M, 5, 5] y) {
          y = Conv <kernel_shape = [1, 1]> (x, w)
        }
        """)
  }

  @Test func keepsFloat64() throws {
    try expect(
      "legalize-conv",
      keeps: """
        g (double[N, 1, 5, 5] x) => (double[N, 2, 5, 5] y) <double[2, 1, 1, 1] w = {1, 2}> {
          y = Conv (x, w)
        }
        """)
  }
}
