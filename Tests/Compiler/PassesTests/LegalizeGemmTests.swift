import Testing

@Suite struct LegalizeGemmTests {
  private let name = "legalize-gemm"

  @Test func foldsAlphaAndBeta() throws {
    try expect(
      name,
      turns: """
        g (float[N, 2] x) => (float[N, 3] y)
        <float[3, 2] w = {1, 2, 3, 4, 5, 6}, float[1, 3] c = {1, 2, 3}> {
          [fc] y = Gemm <alpha = 2.0, beta = -1.0, transB = 1> (x, w, c)
        }
        """,
      into: """
        g (float[N, 2] x) => (float[N, 3] y)
        <float[3, 2] w = {2, 4, 6, 8, 10, 12}, float[3] c = {-1, -2, -3}> {
          [fc] y = \(fusedGemm("x, w, c", transB: 1))
        }
        """)
  }

  @Test func spreadsAScalarAddend() throws {
    try expect(
      name,
      turns: """
        g (float[N, 1] x) => (float[N, 2] y) <float[1, 2] w = {1, 2}, float c = {5}> {
          y = Gemm (x, w, c)
        }
        """,
      into: """
        g (float[N, 1] x) => (float[N, 2] y) <float[1, 2] w = {1, 2}, float[2] c = {5, 5}> {
          y = \(fusedGemm("x, w, c"))
        }
        """)
  }

  @Test func leavesOutAnAddendTimesZero() throws {
    try expect(
      name,
      turns: """
        g (float[N, 1] x, float[N, 2] c) => (float[N, 2] y) <float[1, 2] w = {1, 2}> {
          y = Gemm <beta = 0.0> (x, w, c)
        }
        """,
      into: """
        g (float[N, 1] x, float[N, 2] c) => (float[N, 2] y) <float[1, 2] w = {1, 2}> {
          y = \(fusedGemm("x, w"))
        }
        """)
  }

  @Test func doesNotChangeWeightsThatOthersRead() throws {
    try expect(
      name,
      turns: """
        g (float[N, 1] x) => (float[N, 2] y, float[N, 2] z) <float[1, 2] w = {1, 2}> {
          y = Gemm <alpha = 2.0> (x, w)
          z = MatMul (x, w)
        }
        """,
      into: """
        g (float[N, 1] x) => (float[N, 2] y, float[N, 2] z)
        <float[1, 2] w = {1, 2}, float[1, 2] w_1 = {2, 4}> {
          y = \(fusedGemm("x, w_1"))
          z = \(fusedGemm("x, w"))
        }
        """)
  }

  @Test func takesMatMulOfAnyRankFromTwo() throws {
    try expect(
      name,
      turns: """
        g (float[N, 5, 1] x) => (float[N, 5, 2] y) <float[1, 2] w = {1, 2}> {
          y = MatMul (x, w)
        }
        """,
      into: """
        g (float[N, 5, 1] x) => (float[N, 5, 2] y) <float[1, 2] w = {1, 2}> {
          y = \(fusedGemm("x, w"))
        }
        """)
  }

  @Test(arguments: [
    // A transposed image matrix, addends that differ by row, an overflow, a vector times a matrix.
    "g (float[1, N] x) => (float[N, 2] y) <float[1, 2] w = {1, 2}> { y = Gemm <transA = 1> (x, w) }",
    """
    g (float[2, 1] x) => (float[2, 2] y) <float[1, 2] w = {1, 2}, float[2, 1] c = {1, 2}> {
      y = Gemm (x, w, c)
    }
    """,
    """
    g (float[2, 1] x, float[2] c) => (float[2, 2] y) <float[1, 2] w = {1, 2}> {
      y = Gemm (x, w, c)
    }
    """,
    """
    g (float[N, 1] x) => (float[N, 2] y) <float[1, 2] w = {1e38, 2}> {
      y = Gemm <alpha = 10.0> (x, w)
    }
    """,
    "g (float[2] x) => (float[2] y) <float[2, 2] w = {1, 2, 3, 4}> { y = MatMul (x, w) }",
    "g (float[2, 2] x) => (float[2] y) <float[2] w = {1, 2}> { y = MatMul (x, w) }",
    "g (float[N, 1] x, float[1, 2] w) => (float[N, 2] y) { y = MatMul (x, w) }",
  ])
  func keeps(graph: String) throws {
    try expect(name, keeps: graph)
  }
}
