extension GradientRule {
  /// In training a product with a mask takes the node's place (`Graph.makeTrainingForm`).
  static let dropout = GradientRule("Dropout", "g", limit: "inference") { (step, _) in
    [0: step.gradient]
  }
}
