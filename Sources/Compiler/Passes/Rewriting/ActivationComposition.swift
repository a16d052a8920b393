import GraphIR

extension FusedActivation {
  /// The bounds of this activation as a clamp `min(max(x, low), high)`; the identity has infinite
  /// ones.
  private var bounds: (low: Float, high: Float) {
    switch self {
    case .identity: (-.infinity, .infinity)
    case .relu: (0, .infinity)
    case .clamp(let low, let high): (low, high)
    }
  }

  /// The simplest activation that clamps to these bounds; nil if one is not a number.
  init?(low: Float, high: Float) {
    guard !low.isNaN, !high.isNaN else { return nil }
    switch (low, high) {
    case (-.infinity, .infinity): self = .identity
    case (0, .infinity): self = .relu
    default: self = .clamp(low: low, high: high)
    }
  }

  /// This activation, then `next`, as one; nil if a bound is not a number.
  ///
  /// A clamp never decreases, so `next` of the bounds bounds the composition, and what lies strictly
  /// between these two bounds was clamped by neither. Where the lower bound exceeds the upper one,
  /// the result is the upper one, before as after.
  func followed(by next: FusedActivation) -> FusedActivation? {
    let (low, high) = bounds
    return FusedActivation(low: next.apply(low), high: next.apply(high))
  }

  private func apply(_ value: Float) -> Float {
    let (low, high) = bounds
    return min(max(value, low), high)
  }
}
