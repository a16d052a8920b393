extension GradientRule {
  static let identity = GradientRule("Identity", "g") { (step, _) in [0: step.gradient] }
}
