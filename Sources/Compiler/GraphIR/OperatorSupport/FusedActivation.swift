import Tensors

/// The function that a fused operator applies to its results.
package enum FusedActivation: Sendable, Equatable {
  case identity
  /// `max(x, 0)`
  case relu
  /// `min(max(x, low), high)`; infinite where a bound is absent.
  case clamp(low: Float, high: Float)

  /// Reads the attributes `activation`, `low` and `high` of a fused node.
  package init(_ node: Node) throws(TesseraError) {
    switch try node.stringAttribute("activation") ?? "identity" {
    case "identity": self = .identity
    case "relu": self = .relu
    case "clamp":
      self = .clamp(
        low: try node.floatAttribute("low", default: -.infinity),
        high: try node.floatAttribute("high", default: .infinity))
    case let other:
      throw node.invalid("activation is '\(other)', expected identity, relu or clamp")
    }
  }

  /// The attributes that `init` reads.
  package var attributes: [String: Attribute] {
    switch self {
    case .identity: ["activation": .string("identity")]
    case .relu: ["activation": .string("relu")]
    case .clamp(let low, let high):
      ["activation": .string("clamp"), "low": .float(low), "high": .float(high)]
    }
  }
}
