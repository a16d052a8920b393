import Differentiation

extension Network {
  /// What gradients are computed of: a sum of terms, each a number that is computed of a value of the graph.
  ///
  /// ```swift
  /// var loss = Network.Loss.squaredDistance(of: "relu3_3")       // Johnson et al., 2016
  /// for layer in ["relu1_2", "relu2_2", "relu3_3", "relu4_3"] {
  ///   loss = loss + 5 * .gramDistance(of: layer)
  /// }
  /// ```
  ///
  /// What a term compares a value with is an input of the network that `gradients` returns.
  public struct Loss: Sendable, Equatable {
    let terms: [LossTerm]

    /// The sum of the elements of a value.
    public static func sum(of value: String) -> Loss { Loss(.sum, of: value) }

    /// The sum of the elements of a value, each times its weight, such as 1 for the score of a class and 0 for
    /// all others. The weights are the input `NAME.weights`, of the value's type.
    public static func weightedSum(of value: String) -> Loss { Loss(.weightedSum, of: value) }

    /// The mean of the squared differences of a value from the input `NAME.target`, of the value's type.
    public static func squaredDistance(of value: String) -> Loss {
      Loss(.squaredDistance, of: value)
    }

    /// How far the Gram matrices of a value `[N, C, …]` are from the input `NAME.gram.target`, `[N, C, C]`: the
    /// squared Frobenius norm of the difference, the mean over the images.
    ///
    /// The matrices are the output `NAME.gram`: `F · Fᵀ / (C · M)`, where `F` are an image's `C` channels of `M`
    /// positions each.
    public static func gramDistance(of value: String) -> Loss { Loss(.gramDistance, of: value) }

    /// The sum of two losses.
    public static func + (left: Loss, right: Loss) -> Loss { Loss(terms: left.terms + right.terms) }

    /// A loss times a number.
    public static func * (factor: Double, loss: Loss) -> Loss {
      Loss(
        terms: loss.terms.map { LossTerm($0.kind, of: $0.value, times: factor * $0.factor) })
    }

    private init(_ kind: LossTerm.Kind, of value: String) {
      self.init(terms: [LossTerm(kind, of: value)])
    }

    private init(terms: [LossTerm]) { self.terms = terms }
  }
}
