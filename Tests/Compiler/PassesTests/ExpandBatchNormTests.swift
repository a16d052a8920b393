import Testing

@Suite struct ExpandBatchNormTests {
  private let name = "expand-batch-norm"

  /// Statistics of two channels with the factors 2 and -3.
  private let statistics = """
    float[2] scale = {4, -9}, float[2] bias = {1, 2}, float[2] mean = {10, 20},
    float[2] variance = {3, 8}
    """

  @Test(arguments: [
    ("N, 2, 3, 3", "2, 1, 1"), ("N, 2", "2"), ("N, 2, ?, 3, 3", "2, 1, 1, 1"),
  ])
  func isAProductAndASum(shape: String, channels: String) throws {
    let header = "g (float[\(shape)] x) => (float[\(shape)] y)"
    try expect(
      name,
      turns: """
        \(header) <\(statistics)> {
          y = BatchNormalization <epsilon = 1.0> (x, scale, bias, mean, variance)
        }
        """,
      into: """
        \(header)
        <\(statistics), float[\(channels)] scale_scale = {2, -3},
         float[\(channels)] scale_shift = {-19, 62}> {
          y_scaled = Mul (x, scale_scale)
          y = Add (y_scaled, scale_shift)
        }
        """)
  }

  @Test func keepsStatisticsOfTheRun() throws {
    try expect(
      name,
      keeps: """
        g (float[N, 2] x, float[2] variance) => (float[N, 2] y)
        <float[2] scale = {4, -9}> {
          y = BatchNormalization (x, scale, scale, scale, variance)
        }
        """)
  }
}
