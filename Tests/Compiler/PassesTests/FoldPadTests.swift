import Testing

@Suite struct FoldPadTests {
  private func padded(
    _ attributes: String = "", pads: String, extra: String = "", inputs: String = "x, pads",
    pad: Int = 1
  ) -> String {
    """
    g (float[N, 1, 5, 5] x) => (float[N, 1, ?, ?] y\(extra))
    <float[1, 1, 1, 1] w = {2}, int64[8] pads = {\(pads)}, float one = {1}, float zero = {0}> {
      p = Pad \(attributes) (\(inputs))
      y = \(fusedConv("p, w", pads: "0, 0, 0, \(pad)"))
    }
    """
  }

  @Test func addsThePaddingOfBoth() throws {
    try expect(
      "fold-pad", turns: padded(pads: "0, 0, 1, 2, 0, 0, 3, 4", inputs: "x, pads, zero"),
      into: """
        g (float[N, 1, 5, 5] x) => (float[N, 1, ?, ?] y)
        <float[1, 1, 1, 1] w = {2}, int64[8] pads = {0, 0, 1, 2, 0, 0, 3, 4}, float one = {1},
         float zero = {0}> {
          p = Pad (x, pads, zero)
          y = \(fusedConv("x, w", pads: "1, 2, 3, 5"))
        }
        """)
  }

  @Test func keepsPaddingOfChannels() throws {
    try expect(
      "fold-pad",
      keeps: """
        g (float[N, 1, 5, 5] x) => (float[N, 1, 5, 5] y)
        <float[1, 2, 1, 1] w = {2, 3}, int64[8] pads = {0, 1, 0, 0, 0, 0, 0, 0}> {
          p = Pad (x, pads)
          y = \(fusedConv("p, w"))
        }
        """)
  }

  @Test(arguments: [
    ("", "0, 0, 1, 1, 0, 0, -1, 1", "x, pads"),
    ("", "0, 0, 1, 1, 0, 0, 1, 1", "x, pads, one"),
    (#"<mode = "edge">"#, "0, 0, 1, 1, 0, 0, 1, 1", "x, pads"),
    (#"<mode = "reflect">"#, "0, 0, 1, 1, 0, 0, 1, 1", "x, pads"),
  ])
  func keepsCroppingAndOtherFillings(attributes: String, pads: String, inputs: String) throws {
    try expect("fold-pad", keeps: padded(attributes, pads: pads, inputs: inputs))
  }

  @Test func keepsThePadForOtherUses() throws {
    try expect(
      "fold-pad", turns: padded(pads: "0, 0, 1, 1, 0, 0, 1, 1", extra: ", float[N, 1, 7, 7] p"),
      into: """
        g (float[N, 1, 5, 5] x) => (float[N, 1, ?, ?] y, float[N, 1, 7, 7] p)
        <float[1, 1, 1, 1] w = {2}, int64[8] pads = {0, 0, 1, 1, 0, 0, 1, 1}, float one = {1},
         float zero = {0}> {
          p = Pad (x, pads)
          y = \(fusedConv("x, w", pads: "1, 1, 1, 2"))
        }
        """)
  }
}
