import Differentiation
import GraphIR
import Tensors
import Testing

@Suite struct GradientsTests {
  /// The gradients are added from the last user to the first.
  @Test func valueWithSeveralUsers() throws {
    try expectGradients(
      withRespectTo: ["x", "s"],
      in: """
        g (float[2] x) => (float[2] y) {
          s = Sigmoid (x)
          m = Mul (s, s)
          e = Exp (x)
          a = Add (m, e)
          y = Add (a, x)
        }
        """,
      are: """
        g (float[2] x) => (float[2] y, float[2] "x.gradient", float[2] "s.gradient")
        <float[2] "y.gradient" = {1.0, 1.0}> {
          s = Sigmoid (x)
          m = Mul (s, s)
          e = Exp (x)
          a = Add (m, e)
          y = Add (a, x)
          "e.backward" = Mul ("y.gradient", e)
          "m.backward" = Mul ("y.gradient", s)
          "m.backward_1" = Mul ("y.gradient", s)
          "s.gradient" = Add ("m.backward", "m.backward_1")
          "s.backward_1" = tessera.Pointwise <program = ["constant 1.0", "subtract 2 0",
                "multiply 0 3", "multiply 1 4"]> (s, "s.gradient")
          "x.backward" = Add ("y.gradient", "e.backward")
          "x.gradient" = Add ("x.backward", "s.backward_1")
        }
        """)
  }

  /// Neither `b` nor what only `z` needs is differentiated.
  @Test func onlyWhatLiesBetween() throws {
    try expectGradients(
      withRespectTo: ["a"],
      in: """
        g (float[2] a, float[2] b) => (float[2] y, float[2] z) {
          p = Exp (a)
          q = Exp (b)
          z = Elu (q)
          r = Mul (p, q)
          y = Neg (r)
        }
        """,
      are: """
        g (float[2] a, float[2] b) => (float[2] y, float[2] z, float[2] "a.gradient")
        <float[2] "y.gradient" = {1.0, 1.0}> {
          p = Exp (a)
          q = Exp (b)
          z = Elu (q)
          r = Mul (p, q)
          y = Neg (r)
          "r.gradient" = Neg ("y.gradient")
          "p.gradient" = Mul ("r.gradient", q)
          "a.gradient" = Mul ("p.gradient", p)
        }
        """)
  }

  @Test func valuesThatTheLossDoesNotDependOn() throws {
    try expectGradients(
      withRespectTo: ["z", "w", "y"],
      in: """
        g (float[2] x, float[3] z) => (float[2] y, float[3] w) {
          y = Neg (x)
          w = Elu (z)
        }
        """,
      are: """
        g (float[2] x, float[3] z) => (float[2] y, float[3] w, float[3] "z.gradient",
          float[3] "w.gradient", float[2] "y.gradient")
        <float[2] "y.gradient" = {1.0, 1.0},
         float[3] "z.gradient" = {0.0, 0.0, 0.0},
         float[3] "w.gradient" = {0.0, 0.0, 0.0}> {
          y = Neg (x)
          w = Elu (z)
        }
        """)
  }

  @Test func namesThatAreTaken() throws {
    try expectGradients(
      in: """
        g (float[2] x) => (float[2] y) {
          "x.gradient" = Exp (x)
          y = Neg ("x.gradient")
        }
        """,
      are: """
        g (float[2] x) => (float[2] y, float[2] "x.gradient_1")
        <float[2] "y.gradient" = {1.0, 1.0}> {
          "x.gradient" = Exp (x)
          y = Neg ("x.gradient")
          "x.gradient.gradient" = Neg ("y.gradient")
          "x.gradient_1" = Mul ("x.gradient.gradient", "x.gradient")
        }
        """)
  }

  @Test func shapesAreNotDifferentiated() throws {
    try expectGradients(
      in: """
        g (float[2, 3] x) => (float[3, 2] y) {
          s = Shape (x)
          t = Cast <to = 1> (s)
          p = Transpose (x)
          q = Cast <to = 7> (p)
          r = Cast <to = 1> (q)
          y = Add (p, r)
        }
        """,
      are: """
        g (float[2,3] x) => (float[3,2] y, float[2,3] "x.gradient")
        <float[3,2] "y.gradient" = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0}> {
          p = Transpose (x)
          q = Cast <to = 7> (p)
          r = Cast <to = 1> (q)
          y = Add (p, r)
          "x.gradient" = Transpose <perm = [1, 0]> ("y.gradient")
        }
        """)
  }

  @Test func steeringConstantsAreFoundAndWeightsStay() throws {
    try expectGradients(
      withRespectTo: ["w"],
      in: """
        g (float[1, 2] x) => (float[1, 2] y) <float[2, 2] w = {1, 2, 3, 4}> {
          two = Constant <value_float = 2.0> ()
          t = Transpose (w)
          m = MatMul (x, t)
          y = Pow (m, two)
        }
        """,
      are: """
        g (float[1,2] x) => (float[1,2] y, float[2,2] "w.gradient")
        <float[2,2] w = {1.0, 2.0, 3.0, 4.0},
         float two = {2.0},
         float[1,2] "y.gradient" = {1.0, 1.0},
         float "y.backward" = {1.0},
         float "y.backward_2" = {2.0}> {
          t = Transpose (w)
          m = MatMul (x, t)
          y = Pow (m, two)
          "y.backward_1" = Pow (m, "y.backward")
          "y.backward_3" = Mul ("y.backward_1", "y.backward_2")
          "m.gradient" = Mul ("y.gradient", "y.backward_3")
          "t.gradient" = Gemm <transA = 1> (x, "m.gradient")
          "w.gradient" = Transpose <perm = [1, 0]> ("t.gradient")
        }
        """)
  }

  @Test func operatorsWithoutRulesAreListed() throws {
    let model = try inferredModel(
      """
      g (float[2] x) => (float[2] y) {
        a = Elu (x)
        b = Cos (a)
        c = Elu (b)
        d = Sin (x)
        y = Neg (c)
      }
      """)
    var graph = model.graph
    let error = #expect(throws: TesseraError.self) {
      try graph.appendGradients(of: "y", withRespectTo: ["x"], opsetVersion: 17)
    }
    #expect(error?.kind == .unsupported)
    #expect(
      error?.diagnostics.map(\.message) == [
        "the operator 'Elu' has no gradient: nodes 'a', 'c'",
        "the operator 'Cos' has no gradient: node 'b'",
      ])
    #expect(graph.nodes.count == model.graph.nodes.count)
  }

  @Test func openShapesAreRefused() throws {
    var graph = try inferredModel("g (float[N, 3] x) => (float[N, 3] y) { y = Softmax (x) }").graph
    let error = #expect(throws: TesseraError.self) {
      try graph.appendGradients(of: "y", withRespectTo: ["x"], opsetVersion: 17)
    }
    #expect(error?.description.contains("its shape float[N, 3] is not fixed") == true)
  }
}
