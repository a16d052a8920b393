/// One term of a loss: a number that is computed of a value of the graph, times a factor.
package struct LossTerm: Sendable, Equatable {
  /// How the number is computed.
  package enum Kind: String, CaseIterable, Sendable {
    /// The sum of the elements.
    case sum
    /// The sum of the elements, each times a weight, which are an input `NAME.weights` of the value's type.
    case weightedSum = "weighted-sum"
    /// The mean of the squared differences from an input `NAME.target` of the value's type.
    case squaredDistance = "squared-distance"
    /// The squared Frobenius norm of the difference of each image's Gram matrix from an input
    /// `NAME.gram.target`, the mean over the images. Of a value `[N, C, …]` of `M` positions the Gram
    /// matrices, `NAME.gram`, are `F · Fᵀ / (C · M)` with `F` as `[C, M]`.
    case gramDistance = "gram-distance"
  }

  package var kind: Kind
  package var value: String
  package var factor: Double

  package init(_ kind: Kind, of value: String, times factor: Double = 1) {
    self.kind = kind
    self.value = value
    self.factor = factor
  }
}

/// A loss as a value of a graph.
package struct AppendedLoss: Sendable {
  /// The loss itself: a scalar, or the value of which the sum of the elements is meant.
  package var loss: String
  /// What the terms compare or weigh, in their order: values of the graph, or their Gram matrices.
  package var compared: [String]

  package init(loss: String, compared: [String] = []) {
    self.loss = loss
    self.compared = compared
  }
}
