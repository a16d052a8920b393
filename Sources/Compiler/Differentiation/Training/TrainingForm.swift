/// What a graph in training form takes and gives besides its inputs and constants.
package struct TrainingForm: Sendable {
  /// Stands for a `Dropout`: a graph input by which its data is multiplied.
  package struct Mask: Sendable, Equatable {
    /// The graph input: 0 with the probability `ratio`, else `1 / (1 − ratio)`.
    package var name: String
    package var extents: [Int]
    package var ratio: Double

    package init(name: String, extents: [Int], ratio: Double) {
      self.name = name
      self.extents = extents
      self.ratio = ratio
    }
  }

  /// A running mean or variance of a `BatchNormalization`.
  package struct Statistic: Sendable, Equatable {
    /// The value that the graph reads at inference.
    package var current: String
    /// The graph's output that takes its place after the step.
    package var updated: String

    package init(current: String, updated: String) {
      self.current = current
      self.updated = updated
    }
  }

  package var masks: [Mask] = []
  package var statistics: [Statistic] = []
  /// The graph input `[N, classes]`: the probability of each class, such as 1 for one and 0 for the others.
  package var targets: String
  /// The graph's scalar output `−Σ targets · log softmax(scores)`, added over the batch.
  package var loss: String
  /// The value `[N, classes]` that the loss is taken of.
  package var scores: String
}
