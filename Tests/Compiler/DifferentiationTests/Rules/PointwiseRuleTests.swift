import Testing

@Suite struct PointwiseRuleTests {
  @Test func relu() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[2, 3] y) { y = Relu (x) }
        """,
      are: """
        g (float[2,3] x) => (float[2,3] y, float[2,3] "x.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}> {
          y = Relu (x)
          "x.gradient" = tessera.Pointwise <program = ["constant 0.0", "less 2 0",
                "selectWhere 3 1"]> (y, "y.gradient")
        }
        """)
  }

  @Test func sigmoid() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[2, 3] y) { y = Sigmoid (x) }
        """,
      are: """
        g (float[2,3] x) => (float[2,3] y, float[2,3] "x.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}> {
          y = Sigmoid (x)
          "x.gradient" = tessera.Pointwise <program = ["constant 1.0", "subtract 2 0",
                "multiply 0 3", "multiply 1 4"]> (y, "y.gradient")
        }
        """)
  }

  @Test func tanh() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[2, 3] y) { y = Tanh (x) }
        """,
      are: """
        g (float[2,3] x) => (float[2,3] y, float[2,3] "x.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}> {
          y = Tanh (x)
          "x.gradient" = tessera.Pointwise <program = ["multiply 0 0", "constant 1.0",
                "subtract 3 2", "multiply 1 4"]> (y, "y.gradient")
        }
        """)
  }

  @Test func exp() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[2, 3] y) { y = Exp (x) }
        """,
      are: """
        g (float[2,3] x) => (float[2,3] y, float[2,3] "x.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}> {
          y = Exp (x)
          "x.gradient" = Mul ("y.gradient", y)
        }
        """)
  }

  @Test func log() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[2, 3] y) { y = Log (x) }
        """,
      are: """
        g (float[2,3] x) => (float[2,3] y, float[2,3] "x.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}> {
          y = Log (x)
          "x.gradient" = Div ("y.gradient", x)
        }
        """)
  }

  @Test func sqrt() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[2, 3] y) { y = Sqrt (x) }
        """,
      are: """
        g (float[2,3] x) => (float[2,3] y, float[2,3] "x.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}> {
          y = Sqrt (x)
          "x.gradient" = tessera.Pointwise <program = ["add 0 0", "divide 1 2"]> (y, "y.gradient")
        }
        """)
  }

  @Test func abs() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[2, 3] y) { y = Abs (x) }
        """,
      are: """
        g (float[2,3] x) => (float[2,3] y, float[2,3] "x.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}> {
          y = Abs (x)
          "x.gradient" = tessera.Pointwise <program = ["sign 0", "multiply 1 2"]> (x,
                "y.gradient")
        }
        """)
  }

  @Test func neg() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[2, 3] y) { y = Neg (x) }
        """,
      are: """
        g (float[2,3] x) => (float[2,3] y, float[2,3] "x.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}> {
          y = Neg (x)
          "x.gradient" = Neg ("y.gradient")
        }
        """)
  }

  @Test func identity() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[2, 3] y) { y = Identity (x) }
        """,
      are: """
        g (float[2,3] x) => (float[2,3] y, float[2,3] "x.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}> {
          y = Identity (x)
          "x.gradient" = Identity ("y.gradient")
        }
        """)
  }

  @Test func leakyReluByItsResult() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[2, 3] y) { y = LeakyRelu <alpha = 0.25> (x) }
        """,
      are: """
        g (float[2,3] x) => (float[2,3] y, float[2,3] "x.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}> {
          y = LeakyRelu <alpha = 0.25> (x)
          "x.gradient" = tessera.Pointwise <program = ["constant 0.0", "less 2 0",
                "constant 0.25", "multiply 1 4", "selectWhere 3 1", "selectUnless 3 5",
                "union 6 7"]> (y, "y.gradient")
        }
        """)
  }

  @Test func leakyReluByItsInputWhereAlphaIsNegative() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[2, 3] y) { y = LeakyRelu <alpha = -0.25> (x) }
        """,
      are: """
        g (float[2,3] x) => (float[2,3] y, float[2,3] "x.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}> {
          y = LeakyRelu <alpha = -0.25> (x)
          "x.gradient" = tessera.Pointwise <program = ["constant 0.0", "less 2 0",
                "constant -0.25", "multiply 1 4", "selectWhere 3 1", "selectUnless 3 5",
                "union 6 7"]> (x, "y.gradient")
        }
        """)
  }

  @Test func clip() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x)
          => (float[2, 3] y) <float low = {-1}, float high = {2}> {
            y = Clip (x, low, high) }
        """,
      are: """
        g (float[2,3] x) => (float[2,3] y, float[2,3] "x.gradient")
        <float low = {-1.0},
         float high = {2.0},
         float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}> {
          y = Clip (x, low, high)
          "x.gradient" = tessera.Pointwise <program = ["constant -1.0", "less 2 0",
                "selectWhere 3 1", "constant 2.0", "less 0 5", "selectWhere 6 4"]> (y,
                "y.gradient")
        }
        """)
  }

  @Test func clipByOneBound() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[2, 3] y) <float high = {2}> { y = Clip (x, , high) }
        """,
      are: """
        g (float[2,3] x) => (float[2,3] y, float[2,3] "x.gradient")
        <float high = {2.0},
         float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}> {
          y = Clip (x, "", high)
          "x.gradient" = tessera.Pointwise <program = ["constant 2.0", "less 0 2",
                "selectWhere 3 1"]> (y, "y.gradient")
        }
        """)
  }

  @Test func clipByAttributes() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[2, 3] y) { y = Clip <min = 0.0, max = 6.0> (x) }
        """,
      are: """
        g (float[2,3] x) => (float[2,3] y, float[2,3] "x.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}> {
          y = Clip <max = 6.0, min = 0.0> (x)
          "x.gradient" = tessera.Pointwise <program = ["constant 0.0", "less 2 0",
                "selectWhere 3 1", "constant 6.0", "less 0 5", "selectWhere 6 4"]> (y,
                "y.gradient")
        }
        """, opsetVersion: 10)
  }

  @Test func clipWithoutBounds() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[2, 3] y) { y = Clip (x) }
        """,
      are: """
        g (float[2,3] x) => (float[2,3] y, float[2,3] "x.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}> {
          y = Clip (x)
          "x.gradient" = Identity ("y.gradient")
        }
        """)
  }

  @Test func dropout() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[2, 3] y) { y = Dropout (x) }
        """,
      are: """
        g (float[2,3] x) => (float[2,3] y, float[2,3] "x.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}> {
          y = Dropout (x)
          "x.gradient" = Identity ("y.gradient")
        }
        """)
  }

  @Test func cast() throws {
    try expectGradients(
      in: """
        g (double[2, 3] x) => (float[2, 3] y) { y = Cast <to = 1> (x) }
        """,
      are: """
        g (double[2,3] x) => (float[2,3] y, double[2,3] "x.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}> {
          y = Cast <to = 1> (x)
          "x.gradient" = Cast <to = 11> ("y.gradient")
        }
        """)
  }
}
