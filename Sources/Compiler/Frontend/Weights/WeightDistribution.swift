/// The normal distribution that random weights are drawn from, by its variance.
public enum WeightDistribution: Sendable, Equatable {
  /// 2 / fanIn, for layers with ReLU (He et al., 2015).
  case he
  /// 2 / (fanIn + fanOut) (Glorot and Bengio, 2010).
  case glorot
  /// The same for all weights: 0.01 in section 3.1 of Simonyan and Zisserman (2014).
  case normal(variance: Double)

  /// `he`, `glorot` or `normal=VARIANCE`; nil for anything else.
  init?(argument: Substring) {
    let prefix = "normal="
    switch argument {
    case "he": self = .he
    case "glorot": self = .glorot
    case let text where text.hasPrefix(prefix):
      guard let variance = Double(text.dropFirst(prefix.count)), variance >= 0, variance.isFinite
      else { return nil }
      self = .normal(variance: variance)
    default: return nil
    }
  }

  /// - Parameters:
  ///   - fanIn: weights that are summed for one result.
  ///   - fanOut: results that one input has a weight in.
  func deviation(fanIn: Int, fanOut: Int) -> Double {
    switch self {
    case .he: (2 / Double(max(1, fanIn))).squareRoot()
    case .glorot: (2 / Double(max(1, fanIn + fanOut))).squareRoot()
    case .normal(let variance): variance.squareRoot()
    }
  }
}
