import Testing

@Suite struct ShapeRuleTests {
  @Test func flatten() throws {
    try expectGradients(
      in: """
        g (float[2, 3, 4] x) => (float[2, 12] y) { y = Flatten (x) }
        """,
      are: """
        g (float[2,3,4] x) => (float[2,12] y, float[2,3,4] "x.gradient")
        <float[2,12] "y.gradient" = {\(ones(24))},
         int64[3] "y.backward" = {2, 3, 4}> {
          y = Flatten (x)
          "x.gradient" = Reshape ("y.gradient", "y.backward")
        }
        """)
  }

  @Test func reshape() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[6] y) <int64[1] s = {-1}> { y = Reshape (x, s) }
        """,
      are: """
        g (float[2,3] x) => (float[6] y, float[2,3] "x.gradient")
        <int64[1] s = {-1},
         float[6] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0},
         int64[2] "y.backward" = {2, 3}> {
          y = Reshape (x, s)
          "x.gradient" = Reshape ("y.gradient", "y.backward")
        }
        """)
  }

  @Test func squeeze() throws {
    try expectGradients(
      in: """
        g (float[2, 1, 3] x) => (float[2, 3] y) <int64[1] s = {1}> { y = Squeeze (x, s) }
        """,
      are: """
        g (float[2,1,3] x) => (float[2,3] y, float[2,1,3] "x.gradient")
        <int64[1] s = {1},
         float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0},
         int64[3] "y.backward" = {2, 1, 3}> {
          y = Squeeze (x, s)
          "x.gradient" = Reshape ("y.gradient", "y.backward")
        }
        """)
  }

  @Test func unsqueeze() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[2, 1, 3] y) <int64[1] s = {1}> { y = Unsqueeze (x, s) }
        """,
      are: """
        g (float[2,3] x) => (float[2,1,3] y, float[2,3] "x.gradient")
        <int64[1] s = {1},
         float[2,1,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0},
         int64[2] "y.backward" = {2, 3}> {
          y = Unsqueeze (x, s)
          "x.gradient" = Reshape ("y.gradient", "y.backward")
        }
        """)
  }
}
