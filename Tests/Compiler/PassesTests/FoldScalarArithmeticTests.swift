import Testing

@Suite struct FoldScalarArithmeticTests {
  private let name = "fold-scalar-arithmetic"

  private func after(_ operation: String, weights: String = "1, 2", bias: String = "5, 6")
    -> String
  {
    """
    g (float[N, 1, 3, 3] x) => (float[N, 2, 3, 3] y)
    <float[2, 1, 1, 1] w = {\(weights)}, float[2] b = {\(bias)}, float s = {2},
     float[2, 1, 1] v = {4, 8}> {
      \(operation)
    }
    """
  }

  @Test(arguments: [
    ("Add (c, s)", "1, 2", "7, 8"), ("Add (v, c)", "1, 2", "9, 14"),
    ("Sub (c, v)", "1, 2", "1, -2"), ("Sub (v, c)", "-1, -2", "-1, 2"),
    ("Mul (s, c)", "2, 4", "10, 12"), ("Div (c, v)", "0.25, 0.25", "1.25, 0.75"),
  ])
  func foldsIntoTheConvolutionBefore(operation: String, weights: String, bias: String) throws {
    try expect(
      name, turns: after("c = \(fusedConv("x, w, b")) y = \(operation)"),
      into: after("y = \(fusedConv("x, w, b"))", weights: weights, bias: bias))
  }

  @Test func foldsAChain() throws {
    try expect(
      name,
      turns: after("c = \(fusedConv("x, w, b")) d = Mul (c, s) e = Add (d, v) y = Sub (e, s)"),
      into: after("y = \(fusedConv("x, w, b"))", weights: "2, 4", bias: "12, 18"))
  }

  @Test func keepsOtherArithmeticAfter() throws {
    for operation in ["Div (v, c)", "Add (c, c)", "Add (c, x)"] {
      try expect(name, keeps: after("c = \(fusedConv("x, w, b")) y = \(operation)"))
    }
    let relu = fusedConv("x, w, b", activation: #"activation = "relu""#)
    try expect(name, keeps: after("c = \(relu) y = Add (c, s)"))
  }

  @Test func keepsADivisionByZero() throws {
    try expect(
      name,
      keeps: """
        g (float[N, 1, 3, 3] x) => (float[N, 1, 3, 3] y)
        <float[1, 1, 1, 1] w = {1}, float s = {0}> {
          c = \(fusedConv("x, w"))
          y = Div (c, s)
        }
        """)
  }

  @Test func keepsABiasThatOverflows() throws {
    try expect(
      name,
      keeps: """
        g (float[N, 1, 3, 3] x) => (float[N, 1, 3, 3] y)
        <float[1, 1, 1, 1] w = {1e-10}, float[1] b = {10}, float s = {1e38}> {
          c = \(fusedConv("x, w, b"))
          y = Mul (c, s)
        }
        """)
  }

  @Test(arguments: ["float[3]", "float[1, 2, 1, 3]", "float[1, 1, 2, 1, 1]"])
  func keepsConstantsThatAreNotByChannel(type: String) throws {
    let values = type == "float[3]" ? "1, 2, 3" : type.hasSuffix("3]") ? "1, 2, 3, 4, 5, 6" : "1, 2"
    try expect(
      name,
      keeps: """
        g (float[N, 1, 3, 3] x) => (y)
        <float[2, 1, 1, 1] w = {1, 2}, \(type) v = {\(values)}> {
          c = \(fusedConv("x, w"))
          y = Mul (c, v)
        }
        """)
  }

  @Test func keepsAConstantThatWidensOneChannel() throws {
    try expect(
      name,
      keeps: """
        g (float[N, 1, 3, 3] x) => (float[N, 2, 3, 3] y)
        <float[1, 1, 1, 1] w = {1}, float[2, 1, 1] v = {1, 2}> {
          c = \(fusedConv("x, w"))
          y = Mul (c, v)
        }
        """)
  }

  @Test func addsTheBiasOfAMatMul() throws {
    try expect(
      name,
      turns: """
        g (float[N, 1] x) => (float[N, 2] y) <float[1, 2] w = {1, 2}, float[2] b = {3, 4}> {
          c = \(fusedGemm("x, w"))
          y = Add (c, b)
        }
        """,
      into: """
        g (float[N, 1] x) => (float[N, 2] y)
        <float[1, 2] w = {1, 2}, float[2] b = {3, 4}, float[2] w_bias = {3, 4}> {
          y = \(fusedGemm("x, w, w_bias"))
        }
        """)
  }

  @Test func foldsAPreprocessingIntoTheConvolutionAfter() throws {
    try expect(
      name,
      turns: """
        g (float[N, 2, 3, 3] x) => (float[N, 1, 3, 3] y)
        <float[1, 2, 1, 1] w = {1, 2}, float[1, 2, 1, 1] mean = {10, 20}, float s = {2}> {
          c = Sub (x, mean)
          d = Div (c, s)
          y = \(fusedConv("d, w"))
        }
        """,
      into: """
        g (float[N, 2, 3, 3] x) => (float[N, 1, 3, 3] y)
        <float[1, 2, 1, 1] w = {0.5, 1}, float[1, 2, 1, 1] mean = {10, 20}, float s = {2},
         float[1] w_bias = {-25}> {
          y = \(fusedConv("x, w, w_bias"))
        }
        """)
  }

  @Test func foldsByInputChannelOfAGroup() throws {
    try expect(
      name,
      turns: """
        g (float[N, 4, 3, 3] x) => (float[N, 2, 3, 3] y)
        <float[2, 2, 1, 1] w = {1, 1, 1, 1}, float[4, 1, 1] v = {1, 2, 3, 4}> {
          c = Mul (x, v)
          y = \(fusedConv("c, w", group: 2))
        }
        """,
      into: """
        g (float[N, 4, 3, 3] x) => (float[N, 2, 3, 3] y)
        <float[2, 2, 1, 1] w = {1, 2, 3, 4}, float[4, 1, 1] v = {1, 2, 3, 4}> {
          y = \(fusedConv("x, w", group: 2))
        }
        """)
  }

  @Test(arguments: [0, 1])
  func foldsByColumnOfAMatrix(transB: Int) throws {
    // Both orders hold the same matrix: 1 2 / 3 4 as [K, N].
    let shared = "float[2] v = {10, 100}"
    let (before, after) =
      transB == 0 ? ("1, 2, 3, 4", "10, 20, 300, 400") : ("1, 3, 2, 4", "10, 300, 20, 400")
    try expect(
      name,
      turns: """
        g (float[N, 2] x) => (float[N, 2] y) <float[2, 2] w = {\(before)}, \(shared)> {
          c = Mul (x, v)
          y = \(fusedGemm("c, w", transB: transB))
        }
        """,
      into: """
        g (float[N, 2] x) => (float[N, 2] y) <float[2, 2] w = {\(after)}, \(shared)> {
          y = \(fusedGemm("x, w", transB: transB))
        }
        """)
  }

  @Test func shiftsNothingThatIsPadded() throws {
    try expect(
      name,
      keeps: """
        g (float[N, 1, 3, 3] x) => (float[N, 1, 5, 5] y)
        <float[1, 1, 1, 1] w = {1}, float s = {2}> {
          c = Add (x, s)
          y = \(fusedConv("c, w", pads: "1, 1, 1, 1"))
        }
        """)
  }

  @Test func scalesWhatIsPadded() throws {
    try expect(
      name,
      turns: """
        g (float[N, 1, 3, 3] x) => (float[N, 1, 5, 5] y)
        <float[1, 1, 1, 1] w = {3}, float s = {2}> {
          c = Mul (x, s)
          y = \(fusedConv("c, w", pads: "1, 1, 1, 1"))
        }
        """,
      into: """
        g (float[N, 1, 3, 3] x) => (float[N, 1, 5, 5] y)
        <float[1, 1, 1, 1] w = {6}, float s = {2}> {
          y = \(fusedConv("x, w", pads: "1, 1, 1, 1"))
        }
        """)
  }

  @Test func keepsAnInputThatTheConstantWidens() throws {
    try expect(
      name,
      keeps: """
        g (float[N, 1, 3, 3] x) => (float[N, 1, 3, 3] y)
        <float[1, 2, 1, 1] w = {1, 2}, float[2, 1, 1] v = {10, 20}> {
          c = Mul (x, v)
          y = \(fusedConv("c, w"))
        }
        """)
  }
}
