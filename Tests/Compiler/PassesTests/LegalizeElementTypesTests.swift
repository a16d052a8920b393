import GraphIR
import Passes
import Tensors
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

  @Test func keepsCasts() throws {
    try expect(
      name,
      turns: """
        g (float[N] x) => (float[N] y, float16[N] h, int32[N] i) {
          h = Cast <to = 10> (x)
          b = Relu (h)
          y = Cast <to = 1> (b)
          i = Cast <to = 6> (b)
        }
        """,
      into: """
        g (float[N] x) => (float[N] y, float16[N] h, int32[N] i) {
          h = Cast <to = 10> (x)
          h_float = Cast <to = 1> (h)
          b = Relu (h_float)
          y = Cast <to = 1> (b)
          i = Cast <to = 6> (b)
        }
        """)
  }

  @Test func castsReadResultsBeforeTheyAreRounded() throws {
    try expect(
      name,
      turns: """
        g (float16[N] x) => (float16[N] y, float[N] z) {
          y = Relu (x)
          z = Cast <to = 1> (y)
        }
        """,
      into: """
        g (float16[N] x) => (float16[N] y, float[N] z) {
          x_float = Cast <to = 1> (x)
          y_float = Relu (x_float)
          z = Cast <to = 1> (y_float)
          y = Cast <to = 10> (y_float)
        }
        """)
  }

  /// There are kernels for arithmetic and movement in every floating-point type.
  @Test func keepsArithmeticBetweenCasts() throws {
    try expect(
      name,
      keeps: """
        g (float[N] x, bfloat16[N] z) => (float[N] y, bfloat16[N] w) <double k = {1000000}> {
          a = Cast <to = 11> (x)
          b = Add (a, k)
          c = Sub (b, k)
          y = Cast <to = 1> (c)
          w = Identity (z)
        }
        """)
  }

  @Test func aConstantOfCastsAndOfComputationIsKeptForBoth() throws {
    try expect(
      name,
      turns: """
        g (double[1] x) => (double[1] y, float16[1] z) <double[1] k = {1}> {
          a = Mul (x, k)
          y = Relu (a)
          z = Cast <to = 10> (k)
        }
        """,
      into: """
        g (double[1] x) => (double[1] y, float16[1] z) <double[1] k = {1}, float[1] k_float = {1}> {
          x_float = Cast <to = 1> (x)
          a = Mul (x_float, k_float)
          y_float = Relu (a)
          z = Cast <to = 10> (k)
          y = Cast <to = 11> (y_float)
        }
        """)
  }

  @Test func refusesConstantsThatFloat32DoesNotHold() throws {
    var model = try inferredModel(
      """
      g (double[2] x) => (double[2] y) <double[2] k = {1, 1e300}> {
        a = Mul (x, k)
        y = Relu (a)
      }
      """)
    var context = PassContext(opsetVersion: 17)
    let error = #expect(throws: TesseraError.self) {
      try PassPipeline.standard.run(on: &model.graph, context: &context)
    }
    #expect(
      error?.description.contains("'k': element 1, 1e+300, is beyond the range of float32") == true)
  }

  /// Every float32 lies between them.
  @Test func boundsMayBecomeInfinite() throws {
    try expect(
      name,
      turns: """
        g (double[2] x) => (double[2] y) <double k = {1e300}> { y = Clip (x, , k) }
        """,
      into: """
        g (double[2] x) => (double[2] y) <float k = {inf}> {
          x_float = Cast <to = 1> (x)
          y_float = Clip (x_float, , k)
          y = Cast <to = 11> (y_float)
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
