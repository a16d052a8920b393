/// How a parameter follows what the shards of a batch left.
enum ParameterUpdate {
  /// By the sum of its gradients.
  case sum(KeptLayout.Entry)
  /// By the product of the factors of its gradient.
  case product(GradientFactors)
  /// A running statistic: the mean of what the shards updated it to.
  case mean(KeptLayout.Entry)

  var factors: GradientFactors? { if case .product(let factors) = self { factors } else { nil } }
}
