/// How far rounded weights move one output on a seeded input.
public struct OutputError: Sendable, Equatable {
  /// The output's name.
  public let output: String
  /// The value that was compared: the output itself or, where it is a soft-max, what goes into it.
  public let value: String
  /// The largest difference of an element from that with float32 weights, over the largest magnitude of
  /// the latter. Not finite if an element is not, or if all of them are 0 with float32 weights alone.
  public let relativeError: Double

  /// - Parameters:
  ///   - expected: float64, what `actual` should be.
  ///   - actual: float64, of the same shape.
  init(output: String, value: String, expected: Tensor, actual: Tensor) {
    self.output = output
    self.value = value
    var difference = 0.0
    var magnitude = 0.0
    if let expected = expected.elements(as: Double.self),
      let actual = actual.elements(as: Double.self)
    {
      for (expected, actual) in zip(expected, actual) {
        difference = Self.larger(difference, abs(actual - expected))
        magnitude = Self.larger(magnitude, abs(expected))
      }
    }
    relativeError = difference == 0 ? 0 : difference / magnitude
  }

  /// The larger number; NaN if one of them is.
  private static func larger(_ a: Double, _ b: Double) -> Double { a.isNaN || a > b ? a : b }
}
