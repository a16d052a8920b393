import Testing

@Suite struct EliminateDeadNodesTests {
  private let name = "eliminate-dead-nodes"

  @Test func removesChainsAndConstants() throws {
    try expect(
      name,
      turns: """
        g (float[N] x, float[N] unused) => (float[N] y) <float a = {1}, float b = {2}> {
          c = Add (x, a)
          d = Relu (c)
          y = Add (x, b)
        }
        """,
      into: """
        g (float[N] x, float[N] unused) => (float[N] y) <float b = {2}> {
          y = Add (x, b)
        }
        """)
  }

  @Test func keepsWhatOutputsNeed() throws {
    try expect(
      name,
      keeps: """
        g (float[N, 1] x) => (float[N, 1] y, float[N, 1] c) <float[1, 1] w = {1}> {
          c = Gemm (x, w, )
          y = Relu (c)
        }
        """)
  }

  @Test func keepsAnOutputThatIsAConstant() throws {
    try expect(
      name, keeps: "g (float[N] x) => (float[N] y, float k) <float k = {1}> { y = Relu (x) }")
  }
}
