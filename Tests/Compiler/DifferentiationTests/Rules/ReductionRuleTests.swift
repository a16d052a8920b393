import Testing

@Suite struct ReductionRuleTests {
  @Test func reduceSum() throws {
    try expectGradients(
      in: """
        g (float[2, 3, 4] x)
          => (float[2, 4] y) <int64[1] a = {1}> { y = ReduceSum <keepdims = 0> (x, a) }
        """,
      are: """
        g (float[2,3,4] x) => (float[2,4] y, float[2,3,4] "x.gradient")
        <int64[1] a = {1},
         float[2,4] "y.gradient" = {\(ones(8))},
         int64[3] "y.backward" = {2, 1, 4},
         int64[3] "y.backward_2" = {1, 3, 1}> {
          y = ReduceSum <keepdims = 0> (x, a)
          "y.backward_1" = Reshape ("y.gradient", "y.backward")
          "x.gradient" = Tile ("y.backward_1", "y.backward_2")
        }
        """)
  }

  @Test func reduceMean() throws {
    try expectGradients(
      in: """
        g (float[2, 3, 4] x) => (float[1, 3, 1] y) { y = ReduceMean <axes = [0, 2]> (x) }
        """,
      are: """
        g (float[2,3,4] x) => (float[1,3,1] y, float[2,3,4] "x.gradient")
        <float[1,3,1] "y.gradient" = {1.0, 1.0, 1.0},
         float "y.backward" = {0.125},
         int64[3] "y.backward_2" = {2, 1, 4}> {
          y = ReduceMean <axes = [0, 2]> (x)
          "y.backward_1" = Mul ("y.gradient", "y.backward")
          "x.gradient" = Tile ("y.backward_1", "y.backward_2")
        }
        """)
  }

  @Test func sumOfAll() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float y) { y = ReduceSum <keepdims = 0> (x) }
        """,
      are: """
        g (float[2,3] x) => (float y, float[2,3] "x.gradient")
        <float "y.gradient" = {1.0},
         int64[2] "y.backward" = {1, 1},
         int64[2] "y.backward_2" = {2, 3}> {
          y = ReduceSum <keepdims = 0> (x)
          "y.backward_1" = Reshape ("y.gradient", "y.backward")
          "x.gradient" = Tile ("y.backward_1", "y.backward_2")
        }
        """)
  }
}
