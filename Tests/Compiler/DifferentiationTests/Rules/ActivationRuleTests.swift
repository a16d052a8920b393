import Testing

@Suite struct ActivationRuleTests {
  @Test func erf() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[2, 3] y) { y = Erf (x) }
        """,
      are: """
        g (float[2,3] x) => (float[2,3] y, float[2,3] "x.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}> {
          y = Erf (x)
          "x.gradient" = tessera.Pointwise <program = ["multiply 0 0", "negate 2",
                "exponential 3", "constant 1.1283792", "multiply 4 5", "multiply 1 6"]> (x,
                "y.gradient")
        }
        """)
  }

  @Test func softplus() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[2, 3] y) { y = Softplus (x) }
        """,
      are: """
        g (float[2,3] x) => (float[2,3] y, float[2,3] "x.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}> {
          y = Softplus (x)
          "x.gradient" = tessera.Pointwise <program = ["sigmoid 0", "multiply 1 2"]> (x,
                "y.gradient")
        }
        """)
  }

  @Test func hardSigmoidByItsResult() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[2, 3] y) { y = HardSigmoid <alpha = 0.25> (x) }
        """,
      are: """
        g (float[2,3] x) => (float[2,3] y, float[2,3] "x.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}> {
          y = HardSigmoid <alpha = 0.25> (x)
          "x.gradient" = tessera.Pointwise <program = ["constant 0.25", "multiply 1 2",
                "constant 0.0", "less 4 0", "constant 1.0", "less 0 6", "selectWhere 7 3",
                "selectWhere 5 8"]> (y, "y.gradient")
        }
        """)
  }

  @Test func hardSwish() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[2, 3] y) { y = HardSwish (x) }
        """,
      are: """
        g (float[2,3] x) => (float[2,3] y, float[2,3] "x.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}> {
          y = HardSwish (x)
          "x.gradient" = tessera.Pointwise <program = ["constant 0.16666667",
                "multiply 0 2", "constant 0.5", "add 3 4", "constant 0.0", "maximum 5 6",
                "constant 1.0", "minimum 7 8", "constant 0.0", "less 10 9", "constant 1.0",
                "less 9 12", "selectWhere 13 3", "selectWhere 11 14", "add 9 15",
                "multiply 1 16"]> (x, "y.gradient")
        }
        """)
  }

  @Test func swish() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[2, 3] y) { y = Swish <alpha = 2.0> (x) }
        """,
      are: """
        g (float[2,3] x) => (float[2,3] y, float[2,3] "x.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}> {
          y = Swish <alpha = 2.0> (x)
          "x.gradient" = tessera.Pointwise <program = ["constant 2.0", "multiply 0 2",
                "sigmoid 3", "constant 1.0", "subtract 5 4", "multiply 3 4", "multiply 7 6",
                "add 4 8", "multiply 1 9"]> (x, "y.gradient")
        }
        """, opsetVersion: 24)
  }

  @Test func mish() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[2, 3] y) { y = Mish (x) }
        """,
      are: """
        g (float[2,3] x) => (float[2,3] y, float[2,3] "x.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}> {
          y = Mish (x)
          "x.gradient" = tessera.Pointwise <program = ["absolute 0", "negate 2",
                "exponential 3", "constant 0.0", "maximum 0 5", "logarithmOfOnePlus 4",
                "add 6 7", "hyperbolicTangent 8", "multiply 9 9", "constant 1.0",
                "subtract 11 10", "sigmoid 0", "multiply 12 13", "multiply 0 14", "add 9 15",
                "multiply 1 16"]> (x, "y.gradient")
        }
        """, opsetVersion: 18)
  }

  @Test func gelu() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[2, 3] y) { y = Gelu (x) }
        """,
      are: """
        g (float[2,3] x) => (float[2,3] y, float[2,3] "x.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}> {
          y = Gelu (x)
          "x.gradient" = tessera.Pointwise <program = ["constant 0.70710677",
                "multiply 0 2", "constant 0.5", "errorFunction 3", "multiply 5 4",
                "multiply 3 3", "negate 7", "exponential 8", "constant 0.3989423",
                "multiply 9 10", "multiply 0 11", "add 6 4", "add 13 12",
                "multiply 1 14"]> (x, "y.gradient")
        }
        """, opsetVersion: 20)
  }

  @Test func geluByTanh() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[2, 3] y) { y = Gelu <approximate = "tanh"> (x) }
        """,
      are: """
        g (float[2,3] x) => (float[2,3] y, float[2,3] "x.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}> {
          y = Gelu <approximate = "tanh"> (x)
          "x.gradient" = tessera.Pointwise <program = ["multiply 0 0", "constant 1.0",
                "constant 0.5", "constant 0.044715", "multiply 2 5", "constant 0.7978846",
                "multiply 0 7", "add 6 3", "multiply 8 9", "hyperbolicTangent 10",
                "constant 3.0", "multiply 6 12", "add 13 3", "multiply 8 14",
                "multiply 11 11", "subtract 3 16", "add 11 3", "multiply 15 17", "add 18 19",
                "multiply 20 4", "multiply 1 21"]> (x, "y.gradient")
        }
        """, opsetVersion: 20)
  }
}
