import Testing

@Suite struct LegalizeConvTransposeTests {
  /// Of 3 taps with stride 2, the first phase has taps 2 and 0, the second tap 1.
  @Test func computesByPhases() throws {
    try expect(
      "legalize-conv-transpose",
      turns: """
        g (float[N, 1, 4, 4] x) => (float[N, 1, 9, 9] y)
        <float[1, 1, 3, 3] w = {1, 2, 3, 4, 5, 6, 7, 8, 9}, float[1] b = {5}> {
          y = ConvTranspose <strides = [2, 2]> (x, w, b)
        }
        """,
      into: """
        g (float[N, 1, 4, 4] x) => (float[N, 1, 9, 9] y)
        <float[1, 1, 3, 3] w = {1, 2, 3, 4, 5, 6, 7, 8, 9}, float[1] b = {5},
         float[4, 1, 2, 2] w_phases = {9, 7, 3, 1, 0, 8, 0, 2, 0, 0, 6, 4, 0, 0, 0, 5},
         float[4] b_phases = {5, 5, 5, 5}> {
          y_phases = \(fusedConv("x, w_phases, b_phases", kernel: 2, pads: "1, 1, 1, 1"))
          y = tessera.Interleave <channels_together = 0, crop = [0, 0, 1, 1], strides = [2, 2]> (y_phases)
        }
        """)
  }

  @Test func leavesWeightsOfTheRunToSteps() throws {
    try expect(
      "legalize-conv-transpose",
      turns: """
        g (float[1, 1, 4, 4] x, float[1, 1, 3, 3] w, float[1] b) => (float[1, 1, 9, 9] y) {
          y = ConvTranspose <strides = [2, 2]> (x, w, b)
        }
        """,
      into: """
        g (float[1, 1, 4, 4] x, float[1, 1, 3, 3] w, float[1] b) => (float[1, 1, 9, 9] y) {
          w_phases = tessera.PhaseWeights <dilations = [1, 1], group = 1, strides = [2, 2]> (w)
          b_phases = tessera.PhaseWeights <dilations = [1, 1], group = 1, strides = [2, 2]> (b)
          y_phases = \(fusedConv("x, w_phases, b_phases", kernel: 2, pads: "1, 1, 1, 1"))
          y = tessera.Interleave <channels_together = 0, crop = [0, 0, 1, 1], strides = [2, 2]> (y_phases)
        }
        """)
  }

  @Test func isAnOrdinaryConvolutionWhereTheStrideIsOne() throws {
    try expect(
      "legalize-conv-transpose",
      turns: """
        g (float[1, 1, 4, 4] x) => (float[1, 2, 4, 4] y)
        <float[1, 2, 3, 3] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9}, float[2] b = {5, 6}> {
          y = ConvTranspose <pads = [1, 1, 1, 1]> (x, w, b)
        }
        """,
      into: """
        g (float[1, 1, 4, 4] x) => (float[1, 2, 4, 4] y)
        <float[1, 2, 3, 3] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9}, float[2] b = {5, 6},
         float[2, 1, 3, 3] w_phases = {9, 8, 7, 6, 5, 4, 3, 2, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1}> {
          y = \(fusedConv("x, w_phases, b", kernel: 3, pads: "1, 1, 1, 1"))
        }
        """)
  }
}
