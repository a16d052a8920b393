import ExecutionPlan
import Lowering
import TesseraRuntime

/// The fully connected layers whose weights a plan stores in 24 bits because that is accurate enough.
public struct NarrowedWeights: Sendable, Equatable {
  /// Layers of different weights.
  public let layerCount: Int
  /// The largest error of a layer's outputs over the largest of them that this makes, as it is stated from the
  /// weights alone.
  public let largestError: Double

  init(_ summary: WeightNarrowing.Summary) {
    (layerCount, largestError) = (summary.layerCount, summary.largestError)
  }

  private init(layerCount: Int, largestError: Double) {
    (self.layerCount, self.largestError) = (layerCount, largestError)
  }

  /// What a plan stores of it.
  var metadata: [MetadataEntry] {
    [
      MetadataEntry(key: "narrowed.layers", value: "\(layerCount)"),
      MetadataEntry(key: "narrowed.error", value: "\(largestError)"),
    ]
  }

  /// - Throws: `TesseraError` if what the plan stores is damaged.
  fileprivate static func stored(in plan: Plan) throws(TesseraError) -> NarrowedWeights? {
    guard let layers = plan.metadata("narrowed.layers"), let error = plan.metadata("narrowed.error")
    else { return nil }
    guard let layerCount = Int(layers), layerCount > 0, let largestError = Double(error),
      largestError >= 0
    else {
      throw TesseraError(
        .invalidInput, "the plan's narrowed weights are '\(layers)' layers of error '\(error)'")
    }
    return NarrowedWeights(layerCount: layerCount, largestError: largestError)
  }
}

extension Plan {
  /// The layers whose weights are stored in 24 bits by default; nil if there are none.
  ///
  /// - Throws: `TesseraError` if what the plan stores is damaged.
  public func narrowedWeights() throws(TesseraError) -> NarrowedWeights? {
    try NarrowedWeights.stored(in: self)
  }
}
