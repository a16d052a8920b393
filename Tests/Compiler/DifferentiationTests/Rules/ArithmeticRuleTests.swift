import Testing

@Suite struct ArithmeticRuleTests {
  @Test func add() throws {
    try expectGradients(
      withRespectTo: ["a", "b"],
      in: """
        g (float[2, 3] a, float[3] b) => (float[2, 3] y) { y = Add (a, b) }
        """,
      are: """
        g (float[2,3] a, float[3] b) => (float[2,3] y, float[2,3] "a.gradient",
          float[3] "b.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0},
         int64[1] "y.backward" = {0}> {
          y = Add (a, b)
          "b.gradient" = ReduceSum <keepdims = 0> ("y.gradient", "y.backward")
          "a.gradient" = Identity ("y.gradient")
        }
        """)
  }

  @Test func sub() throws {
    try expectGradients(
      withRespectTo: ["a", "b"],
      in: """
        g (float[2, 3] a, float[3] b) => (float[2, 3] y) { y = Sub (a, b) }
        """,
      are: """
        g (float[2,3] a, float[3] b) => (float[2,3] y, float[2,3] "a.gradient",
          float[3] "b.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0},
         int64[1] "y.backward_1" = {0}> {
          y = Sub (a, b)
          "y.backward" = Neg ("y.gradient")
          "b.gradient" = ReduceSum <keepdims = 0> ("y.backward", "y.backward_1")
          "a.gradient" = Identity ("y.gradient")
        }
        """)
  }

  @Test func mul() throws {
    try expectGradients(
      withRespectTo: ["a", "b"],
      in: """
        g (float[2, 3] a, float[3] b) => (float[2, 3] y) { y = Mul (a, b) }
        """,
      are: """
        g (float[2,3] a, float[3] b) => (float[2,3] y, float[2,3] "a.gradient",
          float[3] "b.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0},
         int64[1] "y.backward_2" = {0}> {
          y = Mul (a, b)
          "a.gradient" = Mul ("y.gradient", b)
          "y.backward_1" = Mul ("y.gradient", a)
          "b.gradient" = ReduceSum <keepdims = 0> ("y.backward_1", "y.backward_2")
        }
        """)
  }

  @Test func div() throws {
    try expectGradients(
      withRespectTo: ["a", "b"],
      in: """
        g (float[2, 3] a, float[3] b) => (float[2, 3] y) { y = Div (a, b) }
        """,
      are: """
        g (float[2,3] a, float[3] b) => (float[2,3] y, float[2,3] "a.gradient",
          float[3] "b.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0},
         int64[1] "y.backward_4" = {0}> {
          y = Div (a, b)
          "a.gradient" = Div ("y.gradient", b)
          "y.backward_1" = Div ("y.gradient", b)
          "y.backward_2" = Mul ("y.backward_1", y)
          "y.backward_3" = Neg ("y.backward_2")
          "b.gradient" = ReduceSum <keepdims = 0> ("y.backward_3", "y.backward_4")
        }
        """)
  }

  @Test func broadcastInTheMiddle() throws {
    try expectGradients(
      withRespectTo: ["a", "b"],
      in: """
        g (float[2, 3, 4] a, float[3, 1] b) => (float[2, 3, 4] y) { y = Add (a, b) }
        """,
      are: """
        g (float[2,3,4] a, float[3,1] b) => (float[2,3,4] y, float[2,3,4] "a.gradient",
          float[3,1] "b.gradient")
        <float[2,3,4] "y.gradient" = {\(ones(24))},
         int64[2] "y.backward" = {0, 2},
         int64[2] "y.backward_2" = {3, 1}> {
          y = Add (a, b)
          "y.backward_1" = ReduceSum <keepdims = 1> ("y.gradient", "y.backward")
          "b.gradient" = Reshape ("y.backward_1", "y.backward_2")
          "a.gradient" = Identity ("y.gradient")
        }
        """)
  }

  @Test func oneOperandIsWanted() throws {
    try expectGradients(
      withRespectTo: ["a"],
      in: """
        g (float[2, 3] a, float[3] b) => (float[2, 3] y) { y = Mul (a, b) }
        """,
      are: """
        g (float[2,3] a, float[3] b) => (float[2,3] y, float[2,3] "a.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}> {
          y = Mul (a, b)
          "a.gradient" = Mul ("y.gradient", b)
        }
        """)
  }

  @Test func axesAreAnAttributeBeforeOpset13() throws {
    try expectGradients(
      withRespectTo: ["b"],
      in: """
        g (float[2, 3] a, float[2, 1] b) => (float[2, 3] y) { y = Add (a, b) }
        """,
      are: """
        g (float[2,3] a, float[2,1] b) => (float[2,3] y, float[2,1] "b.gradient")
        <float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}> {
          y = Add (a, b)
          "b.gradient" = ReduceSum <axes = [1], keepdims = 1> ("y.gradient")
        }
        """, opsetVersion: 12)
  }

  @Test func pow() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[2, 3] y) <float p = {3}> { y = Pow (x, p) }
        """,
      are: """
        g (float[2,3] x) => (float[2,3] y, float[2,3] "x.gradient")
        <float p = {3.0},
         float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0},
         float "y.backward" = {2.0},
         float "y.backward_2" = {3.0}> {
          y = Pow (x, p)
          "y.backward_1" = Pow (x, "y.backward")
          "y.backward_3" = Mul ("y.backward_1", "y.backward_2")
          "x.gradient" = Mul ("y.gradient", "y.backward_3")
        }
        """)
  }

  @Test func powOfNoughtIsFlat() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[2, 3] y) <float[3] p = {0, 1, 2.5}> { y = Pow (x, p) }
        """,
      are: """
        g (float[2,3] x) => (float[2,3] y, float[2,3] "x.gradient")
        <float[3] p = {0.0, 1.0, 2.5},
         float[2,3] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0},
         float[3] "y.backward" = {0.0, 0.0, 1.5},
         float[3] "y.backward_2" = {0.0, 1.0, 2.5}> {
          y = Pow (x, p)
          "y.backward_1" = Pow (x, "y.backward")
          "y.backward_3" = Mul ("y.backward_1", "y.backward_2")
          "x.gradient" = Mul ("y.gradient", "y.backward_3")
        }
        """)
  }
}
