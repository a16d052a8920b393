/// What a byte of memory may cost in time. Convolutions are computed by the method of least
/// `seconds + price · bytes`.
struct BytePrice: Sendable {
  /// At this price a byte counts more than any time of a step.
  static let prohibitive = 1.0

  var secondsPerByte = 0.0
  /// Prices for single weights, by the name of the constant.
  var exceptions: [String: Double] = [:]

  func secondsPerByte(ofWeights name: String) -> Double { exceptions[name] ?? secondsPerByte }
}
