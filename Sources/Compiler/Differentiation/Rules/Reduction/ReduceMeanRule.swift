extension GradientRule {
  static let reduceMean = reduction(
    "ReduceMean", "g / count at each of the count elements of a mean", isMean: true)
}
