import GraphIR
import Passes
import Tensors
import Testing

@Suite struct FoldConstantsTests {
  private let name = "fold-constants"

  @Test func evaluatesConstantOperands() throws {
    try expect(
      name,
      turns: """
        g (float[N] x) => (float[N] y) <float a = {1}, float b = {2}> {
          c = Add (a, b)
          d = Mul (c, c)
          y = Add (x, d)
        }
        """,
      into: """
        g (float[N] x) => (float[N] y)
        <float a = {1}, float b = {2}, float c = {3}, float d = {9}> {
          y = Add (x, d)
        }
        """)
  }

  @Test func foldsTheShapeOfAFixedImage() throws {
    try expect(
      name,
      turns: """
        g (float[1, 2, 3, 3] x) => (float[1, 18] y) <int64 zero = {0}, int64[1] rest = {-1}> {
          s = Shape (x)
          n = Gather (s, zero)
          u = Unsqueeze (n, rest)
          t = Concat <axis = 0> (u, rest)
          y = Reshape (x, t)
        }
        """,
      into: """
        g (float[1, 2, 3, 3] x) => (float[1, 18] y)
        <int64 zero = {0}, int64[1] rest = {-1}, int64[4] s = {1, 2, 3, 3}, int64 n = {1},
         int64[1] u = {1}, int64[2] t = {1, -1}> {
          y = Reshape (x, t)
        }
        """)
  }

  @Test func keepsWhatDependsOnASymbol() throws {
    try expect(
      name,
      keeps: """
        g (float[N, 2, 3, 3] x) => (float[N, 18] y) <int64[1] zero = {0}, int64[1] rest = {-1}> {
          s = Shape (x)
          n = Gather (s, zero)
          t = Concat <axis = 0> (n, rest)
          y = Reshape (x, t)
        }
        """)
  }

  @Test func foldsConstantNodesAndCasts() throws {
    try expect(
      name,
      turns: """
        g (float[N] x) => (float[N] y) {
          a = Constant <value = double[1] {1.5}> ()
          b = Cast <to = 1> (a)
          y = Add (x, b)
        }
        """,
      into: """
        g (float[N] x) => (float[N] y) <double[1] a = {1.5}, float[1] b = {1.5}> {
          y = Add (x, b)
        }
        """)
  }

  @Test func keepsTheNameOfAnOutput() throws {
    try expect(
      name,
      turns: "g (float[N] x) => (float[1] y) <float[1] a = {1}> { y = Add (a, a) }",
      into: "g (float[N] x) => (float[1] y) <float[1] a = {1}, float[1] y = {2}> { }")
  }

  @Test func doesNotExpandASmallModelIntoALargeOne() throws {
    let graph = { (count: Int) in
      """
      g (float[\(count)] x) => (float[\(count)] y) <int64[1] shape = {\(count)}> {
        zeros = ConstantOfShape (shape)
        y = Add (x, zeros)
      }
      """
    }
    try expect(name, keeps: graph((16 << 20) / 4 + 1))
    var small = try inferredModel(graph(64))
    var context = PassContext(opsetVersion: 17)
    let pass = try PassPipeline.standard.pass(named: name)
    #expect(try PassPipeline.standard.run(pass, on: &small.graph, context: &context))
    #expect(small.graph.nodes.count == 1)
  }

  @Test func reportsAShapeThatProvesWrongAsTheModels() throws {
    // Only evaluation finds the product 3 * 5, so inference cannot see the misfit before.
    var model = try inferredModel(
      """
      g (float[2, 6] x) => (y) <float a = {3}, float b = {5}, int64[1] axis = {0}> {
        c = Mul (a, b)
        d = Cast <to = 7> (c)
        t = Unsqueeze (d, axis)
        y = Reshape (x, t)
      }
      """)
    var context = PassContext(opsetVersion: 17)
    let error = #expect(throws: TesseraError.self) {
      try PassPipeline.standard.run(on: &model.graph, context: &context)
    }
    #expect(error?.description.contains("internal error") == false)
    #expect(error?.description.contains("Reshape") == true)
  }
}
