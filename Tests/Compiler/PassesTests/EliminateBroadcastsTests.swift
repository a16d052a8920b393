import Testing

@Suite struct EliminateBroadcastsTests {
  private let name = "eliminate-broadcasts"

  @Test func elementWiseNodesRepeatElementsThemselves() throws {
    for repetition in ["Expand (s, shape)", "Tile (s, counts)"] {
      try expect(
        name,
        turns: """
          g (float[2, 3] x, float[1, 3] s) => (float[2, 3] y)
          <int64[2] shape = {2, 3}, int64[2] counts = {2, 1}> {
            e = \(repetition)
            y = Mul (x, e)
          }
          """,
        into: """
          g (float[2, 3] x, float[1, 3] s) => (float[2, 3] y)
          <int64[2] shape = {2, 3}, int64[2] counts = {2, 1}> {
            e = \(repetition)
            y = Mul (x, s)
          }
          """)
    }
  }

  @Test func oneOperandKeepsTheShape() throws {
    try expect(
      name,
      turns: """
        g (float[1, 3] s) => (float[2, 3] y) <int64[2] shape = {2, 3}> {
          a = Expand (s, shape)
          b = Expand (s, shape)
          y = Add (a, b)
        }
        """,
      into: """
        g (float[1, 3] s) => (float[2, 3] y) <int64[2] shape = {2, 3}> {
          a = Expand (s, shape)
          b = Expand (s, shape)
          y = Add (s, b)
        }
        """)
  }

  @Test func keepsWhatElementsAreRepeatedInTurn() throws {
    try expect(
      name,
      keeps: """
        g (float[2, 4] x, float[2, 2] s) => (float[2, 4] y) <int64[2] counts = {1, 2}> {
          e = Tile (s, counts)
          y = Mul (x, e)
        }
        """)
  }

  @Test func keepsWhatOthersRead() throws {
    try expect(
      name,
      keeps: """
        g (float[1, 3] s) => (float[2, 3] y) <int64[2] shape = {2, 3}> {
          e = Expand (s, shape)
          y = Softmax (e)
        }
        """)
    try expect(
      name,
      keeps: """
        g (float[1, 3] s) => (float[2, 3] y) <int64[2] shape = {2, 3}> {
          e = Expand (s, shape)
          y = Relu (e)
        }
        """)
  }
}
