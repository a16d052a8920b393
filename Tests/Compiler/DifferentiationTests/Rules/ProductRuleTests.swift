import Testing

@Suite struct ProductRuleTests {
  @Test func gemm() throws {
    try expectGradients(
      withRespectTo: ["a", "b", "c"],
      in: """
        g (float[2, 3] a, float[3, 4] b, float[4] c)
          => (float[2, 4] y) { y = Gemm (a, b, c) }
        """,
      are: """
        g (float[2,3] a, float[3,4] b, float[4] c) => (float[2,4] y, float[2,3] "a.gradient",
          float[3,4] "b.gradient", float[4] "c.gradient")
        <float[2,4] "y.gradient" = {\(ones(8))},
         int64[1] "y.backward_2" = {0}> {
          y = Gemm (a, b, c)
          "a.gradient" = Gemm <transB = 1> ("y.gradient", b)
          "b.gradient" = Gemm <transA = 1> (a, "y.gradient")
          "c.gradient" = ReduceSum <keepdims = 0> ("y.gradient", "y.backward_2")
        }
        """)
  }

  @Test func gemmOfTransposedOperands() throws {
    try expectGradients(
      withRespectTo: ["a", "b", "c"],
      in: """
        g (float[3, 2] a, float[4, 3] b, float[2, 1] c)
          => (float[2, 4] y) {
            y = Gemm <alpha = 0.5, beta = 2.0, transA = 1, transB = 1> (a, b, c) }
        """,
      are: """
        g (float[3,2] a, float[4,3] b, float[2,1] c) => (float[2,4] y, float[3,2] "a.gradient",
          float[4,3] "b.gradient", float[2,1] "c.gradient")
        <float[2,4] "y.gradient" = {\(ones(8))},
         float "y.backward_2" = {2.0},
         int64[1] "y.backward_4" = {1}> {
          y = Gemm <alpha = 0.5, beta = 2.0, transA = 1, transB = 1> (a, b, c)
          "a.gradient" = Gemm <alpha = 0.5, transA = 1, transB = 1> (b, "y.gradient")
          "b.gradient" = Gemm <alpha = 0.5, transA = 1, transB = 1> ("y.gradient", a)
          "y.backward_3" = Mul ("y.gradient", "y.backward_2")
          "c.gradient" = ReduceSum <keepdims = 1> ("y.backward_3", "y.backward_4")
        }
        """)
  }

  @Test func gemmBeforeOpset11() throws {
    try expectGradients(
      withRespectTo: ["a"],
      in: """
        g (float[2, 3] a, float[4, 3] b, float[4] c)
          => (float[2, 4] y) { y = Gemm <transB = 1> (a, b, c) }
        """,
      are: """
        g (float[2,3] a, float[4,3] b, float[4] c) => (float[2,4] y, float[2,3] "a.gradient")
        <float[2,4] "y.gradient" = {\(ones(8))},
         float "y.backward" = {0.0}> {
          y = Gemm <transB = 1> (a, b, c)
          "a.gradient" = Gemm ("y.gradient", b, "y.backward")
        }
        """, opsetVersion: 9)
  }

  @Test func matMulOfMatrices() throws {
    try expectGradients(
      withRespectTo: ["a", "b"],
      in: """
        g (float[2, 3] a, float[3, 4] b) => (float[2, 4] y) { y = MatMul (a, b) }
        """,
      are: """
        g (float[2,3] a, float[3,4] b) => (float[2,4] y, float[2,3] "a.gradient",
          float[3,4] "b.gradient")
        <float[2,4] "y.gradient" = {\(ones(8))}> {
          y = MatMul (a, b)
          "a.gradient" = Gemm <transB = 1> ("y.gradient", b)
          "b.gradient" = Gemm <transA = 1> (a, "y.gradient")
        }
        """)
  }

  @Test func matMulByOneMatrix() throws {
    try expectGradients(
      withRespectTo: ["a", "b"],
      in: """
        g (float[5, 2, 3] a, float[3, 4] b) => (float[5, 2, 4] y) { y = MatMul (a, b) }
        """,
      are: """
        g (float[5,2,3] a, float[3,4] b) => (float[5,2,4] y, float[5,2,3] "a.gradient",
          float[3,4] "b.gradient")
        <float[5,2,4] "y.gradient" = {\(ones(40))},
         int64[2] "y.backward_2" = {10, 3},
         int64[2] "y.backward_4" = {10, 4}> {
          y = MatMul (a, b)
          "y.backward" = Transpose <perm = [1, 0]> (b)
          "a.gradient" = MatMul ("y.gradient", "y.backward")
          "y.backward_3" = Reshape (a, "y.backward_2")
          "y.backward_5" = Reshape ("y.gradient", "y.backward_4")
          "b.gradient" = Gemm <transA = 1> ("y.backward_3", "y.backward_5")
        }
        """)
  }

  @Test func matMulOfBatchesThatBroadcast() throws {
    try expectGradients(
      withRespectTo: ["a", "b"],
      in: """
        g (float[5, 1, 2, 3] a, float[6, 3, 4] b)
          => (float[5, 6, 2, 4] y) { y = MatMul (a, b) }
        """,
      are: """
        g (float[5,1,2,3] a, float[6,3,4] b) => (float[5,6,2,4] y, float[5,1,2,3] "a.gradient",
          float[6,3,4] "b.gradient")
        <float[5,6,2,4] "y.gradient" = {\(ones(240))},
         int64[1] "y.backward_2" = {1},
         int64[1] "y.backward_6" = {0}> {
          y = MatMul (a, b)
          "y.backward" = Transpose <perm = [0, 2, 1]> (b)
          "y.backward_1" = MatMul ("y.gradient", "y.backward")
          "a.gradient" = ReduceSum <keepdims = 1> ("y.backward_1", "y.backward_2")
          "y.backward_4" = Transpose <perm = [0, 1, 3, 2]> (a)
          "y.backward_5" = MatMul ("y.backward_4", "y.gradient")
          "b.gradient" = ReduceSum <keepdims = 0> ("y.backward_5", "y.backward_6")
        }
        """)
  }

  @Test func matMulOfVectors() throws {
    try expectGradients(
      withRespectTo: ["a", "b"],
      in: """
        g (float[3] a, float[3, 4] b) => (float[4] y) { y = MatMul (a, b) }
        """,
      are: """
        g (float[3] a, float[3,4] b) => (float[4] y, float[3] "a.gradient",
          float[3,4] "b.gradient")
        <float[4] "y.gradient" = {1.0, 1.0, 1.0, 1.0},
         int64[2] "y.backward" = {1, 4},
         int64[1] "y.backward_3" = {3},
         int64[2] "y.backward_5" = {1, 3}> {
          y = MatMul (a, b)
          "y.backward_1" = Reshape ("y.gradient", "y.backward")
          "y.backward_2" = Gemm <transB = 1> ("y.backward_1", b)
          "a.gradient" = Reshape ("y.backward_2", "y.backward_3")
          "y.backward_6" = Reshape (a, "y.backward_5")
          "b.gradient" = Gemm <transA = 1> ("y.backward_6", "y.backward_1")
        }
        """)
  }
}
