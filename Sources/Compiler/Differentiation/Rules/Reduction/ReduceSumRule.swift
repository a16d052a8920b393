extension GradientRule {
  static let reduceSum = reduction("ReduceSum", "g at each element of a sum", isMean: false)
}
