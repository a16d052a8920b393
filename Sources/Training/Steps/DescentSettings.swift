import Tensors

/// Gradient descent with momentum and weight decay, after Krizhevsky et al. (2012) and section 3.1 of Simonyan and
/// Zisserman (2014): `v ← momentum · v − rate · (g + decay · w)`, `w ← w + v`, where `g` is the mean of the
/// batch's gradients.
public struct DescentSettings: Sendable, Equatable {
  /// What is kept of the last step.
  public var momentum: Float = 0.9
  /// By what part of themselves weights are drawn towards zero, times the learning rate.
  public var weightDecay: Float = 5e-4
  /// Whether biases, and other parameters of one dimension, are drawn towards zero too.
  public var decaysBiases = true
  /// Factors of the learning rate for parameters by name; 1 for those that are not here.
  public var rateFactors: [String: Float] = [:]

  /// The paper's.
  public init() {}

  /// What the update kernel reads: rate, momentum, decay, scale.
  func kernelSettings(
    for entry: KeptLayout.Entry, rate: Float, imageCount: Int
  ) -> SIMD4<Float> {
    let decay = entry.shape.rank > 1 || decaysBiases ? weightDecay : 0
    return SIMD4(rate * (rateFactors[entry.name] ?? 1), momentum, decay, 1 / Float(imageCount))
  }
}
