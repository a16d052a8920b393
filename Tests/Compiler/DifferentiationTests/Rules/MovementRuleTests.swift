import Testing

@Suite struct MovementRuleTests {
  @Test func transpose() throws {
    try expectGradients(
      in: """
        g (float[2, 3, 4] x) => (float[4, 2, 3] y) { y = Transpose <perm = [2, 0, 1]> (x) }
        """,
      are: """
        g (float[2,3,4] x) => (float[4,2,3] y, float[2,3,4] "x.gradient")
        <float[4,2,3] "y.gradient" = {\(ones(24))}> {
          y = Transpose <perm = [2, 0, 1]> (x)
          "x.gradient" = Transpose <perm = [1, 2, 0]> ("y.gradient")
        }
        """)
  }

  @Test func concat() throws {
    try expectGradients(
      withRespectTo: ["a", "c"],
      in: """
        g (float[2, 3] a, float[2, 1] b, float[2, 2] c)
          => (float[2, 6] y) { y = Concat <axis = -1> (a, b, c) }
        """,
      are: """
        g (float[2,3] a, float[2,1] b, float[2,2] c) => (float[2,6] y, float[2,3] "a.gradient",
          float[2,2] "c.gradient")
        <float[2,6] "y.gradient" = {\(ones(12))},
         int64[1] "y.backward" = {0},
         int64[1] "y.backward_1" = {3},
         int64[1] "y.backward_2" = {1},
         int64[1] "y.backward_4" = {4},
         int64[1] "y.backward_5" = {6},
         int64[1] "y.backward_6" = {1}> {
          y = Concat <axis = -1> (a, b, c)
          "a.gradient" = Slice ("y.gradient", "y.backward", "y.backward_1", "y.backward_2")
          "c.gradient" = Slice ("y.gradient", "y.backward_4", "y.backward_5", "y.backward_6")
        }
        """)
  }

  @Test func concatBeforeOpset10() throws {
    try expectGradients(
      withRespectTo: ["b"],
      in: """
        g (float[2, 3] a, float[2, 1] b) => (float[2, 4] y) { y = Concat <axis = 1> (a, b) }
        """,
      are: """
        g (float[2,3] a, float[2,1] b) => (float[2,4] y, float[2,1] "b.gradient")
        <float[2,4] "y.gradient" = {\(ones(8))}> {
          y = Concat <axis = 1> (a, b)
          "b.gradient" = Slice <axes = [1], ends = [4], starts = [3]> ("y.gradient")
        }
        """, opsetVersion: 9)
  }

  @Test func splitOfWhichOnePartCounts() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x)
          => (float[2, 1] y, float[2, 2] z) <int64[2] s = {1, 2}> {
            y, z = Split <axis = 1> (x, s) }
        """,
      are: """
        g (float[2,3] x) => (float[2,1] y, float[2,2] z, float[2,3] "x.gradient")
        <int64[2] s = {1, 2},
         float[2,1] "y.gradient" = {1.0, 1.0},
         float[2,2] "y.backward" = {0.0, 0.0, 0.0, 0.0}> {
          y, z = Split <axis = 1> (x, s)
          "x.gradient" = Concat <axis = 1> ("y.gradient", "y.backward")
        }
        """)
  }

  @Test func slice() throws {
    try expectGradients(
      in: """
        g (float[4, 5] x)
          => (float[2, 5] y) <int64[1] a = {1}, int64[1] b = {3}, int64[1] c = {0}> {
            y = Slice (x, a, b, c) }
        """,
      are: """
        g (float[4,5] x) => (float[2,5] y, float[4,5] "x.gradient")
        <int64[1] a = {1},
         int64[1] b = {3},
         int64[1] c = {0},
         float[2,5] "y.gradient" = {\(ones(10))},
         int64[4] "y.backward" = {1, 0, 1, 0}> {
          y = Slice (x, a, b, c)
          "x.gradient" = Pad ("y.gradient", "y.backward")
        }
        """)
  }

  @Test func sliceOfNothing() throws {
    try expectGradients(
      in: """
        g (float[4] x)
          => (float[0] y) <int64[1] a = {3}, int64[1] b = {1}> { y = Slice (x, a, b) }
        """,
      are: """
        g (float[4] x) => (float[0] y, float[4] "x.gradient")
        <int64[1] a = {3},
         int64[1] b = {1},
         float[0] "y.gradient" = {},
         int64[2] "y.backward" = {3, 1}> {
          y = Slice (x, a, b)
          "x.gradient" = Pad ("y.gradient", "y.backward")
        }
        """)
  }

  @Test func pad() throws {
    try expectGradients(
      in: """
        g (float[4] x)
          => (float[6] y) <int64[2] p = {3, -1}, float v = {7}> { y = Pad (x, p, v) }
        """,
      are: """
        g (float[4] x) => (float[6] y, float[4] "x.gradient")
        <int64[2] p = {3, -1},
         float v = {7.0},
         float[6] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0},
         int64[2] "y.backward" = {-3, 1}> {
          y = Pad (x, p, v)
          "x.gradient" = Pad ("y.gradient", "y.backward")
        }
        """)
  }

  @Test func padByAttributes() throws {
    try expectGradients(
      in: """
        g (float[4] x) => (float[6] y) { y = Pad <pads = [1, 1]> (x) }
        """,
      are: """
        g (float[4] x) => (float[6] y, float[4] "x.gradient")
        <float[6] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}> {
          y = Pad <pads = [1, 1]> (x)
          "x.gradient" = Pad <pads = [-1, -1]> ("y.gradient")
        }
        """, opsetVersion: 10)
  }
}
