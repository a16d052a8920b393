import GraphIR
import Passes
import Testing

@Suite struct LegalizeElementTypesTests {
  private let name = "legalize-element-types"

  @Test func castsAtTheBorders() throws {
    // 15360 is the bit pattern of 1 in float16.
    try expect(
      name,
      turns: """
        g (float16[N] x) => (float16[N] y, float16[N] z) <float16 one = {15360}> {
          y = Add (x, one)
          z = Relu (y)
        }
        """,
      into: """
        g (float16[N] x) => (float16[N] y, float16[N] z) <float one = {1}> {
          x_float = Cast <to = 1> (x)
          y_float = Add (x_float, one)
          z_float = Relu (y_float)
          y = Cast <to = 10> (y_float)
          z = Cast <to = 10> (z_float)
        }
        """)
  }

  @Test func widensCastsBetween() throws {
    try expect(
      name,
      turns: """
        g (float[N] x) => (float[N] y) {
          a = Cast <to = 10> (x)
          b = Relu (a)
          y = Cast <to = 1> (b)
        }
        """,
      into: """
        g (float[N] x) => (float[N] y) {
          a = Cast <to = 1> (x)
          b = Relu (a)
          y = Cast <to = 1> (b)
        }
        """)
  }

  @Test func isDoneAfterOneRun() throws {
    try expect(
      name,
      keeps: """
        g (double[N] x) => (double[N] y) <double k = {1}> {
          a = Cast <to = 1> (x)
          b = Relu (a)
          y = Cast <to = 11> (b)
        }
        """)
  }

  @Test func keepsFloat32AndIntegers() throws {
    try expect(
      name,
      keeps: """
        g (int64[N] x) => (float[N] y) {
          a = Cast <to = 1> (x)
          y = Relu (a)
        }
        """)
  }

  @Test func tellsTheUser() throws {
    var model = try inferredModel("g (double[N] x) => (double[N] y) { y = Relu (x) }")
    var context = PassContext(opsetVersion: 17)
    try PassPipeline.standard.run(on: &model.graph, context: &context)
    #expect(context.notes == ["the model computes in double; this compiler computes in float32"])
  }
}
