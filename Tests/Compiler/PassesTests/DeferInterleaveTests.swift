import Testing

@Suite struct DeferInterleaveTests {
  private static let interleave =
    "tessera.Interleave <channels_together = 0, crop = [0, 0, 0, 0], strides = [1, 2]>"

  @Test func activatesThePhases() throws {
    try expect(
      "defer-interleave",
      turns: """
        g (float[N, 4, 3, 3] x) => (float[N, 2, 3, 6] y)
        <float two = {2}> {
          i = \(Self.interleave) (x)
          s = Sigmoid (i)
          y = Mul (two, s)
        }
        """,
      into: """
        g (float[N, 4, 3, 3] x) => (float[N, 2, 3, 6] y)
        <float two = {2}> {
          s_phases = Sigmoid (x)
          y_phases = Mul (two, s_phases)
          y = \(Self.interleave) (y_phases)
        }
        """)
  }

  @Test(arguments: [(0, "1, 2, 1, 2"), (1, "1, 1, 2, 2")])
  func normalisesThePhases(together: Int, phases: String) throws {
    let interleave =
      "tessera.Interleave <channels_together = \(together), crop = [0, 0, 0, 0], strides = [1, 2]>"
    try expect(
      "defer-interleave",
      turns: """
        g (float[N, 4, 3, 3] x) => (float[N, 2, 3, 6] y)
        <float[2] s = {1, 2}> {
          i = \(interleave) (x)
          y = BatchNormalization (i, s, s, s, s)
        }
        """,
      into: """
        g (float[N, 4, 3, 3] x) => (float[N, 2, 3, 6] y)
        <float[2] s = {1, 2}, float[4] s_phases = {\(phases)}, float[4] s_phases_1 = {\(phases)},
         float[4] s_phases_2 = {\(phases)}, float[4] s_phases_3 = {\(phases)}> {
          y_phases = BatchNormalization (x, s_phases, s_phases_1, s_phases_2, s_phases_3)
          y = \(interleave) (y_phases)
        }
        """)
  }

  @Test func keepsWhatIsReadTwiceOrWithOthers() throws {
    try expect(
      "defer-interleave",
      keeps: """
        g (float[N, 4, 3, 3] x, float[N, 2, 3, 6] r) => (float[N, 2, 3, 6] y, float[N, 2, 3, 6] z) {
          i = \(Self.interleave) (x)
          y = Relu (i)
          z = Exp (i)
        }
        """)
    try expect(
      "defer-interleave",
      keeps: """
        g (float[N, 4, 3, 3] x, float[N, 2, 3, 6] r) => (float[N, 2, 3, 6] y) {
          i = \(Self.interleave) (x)
          y = Add (i, r)
        }
        """)
  }
}
