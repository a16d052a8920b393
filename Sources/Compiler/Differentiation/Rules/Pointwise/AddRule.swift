extension GradientRule {
  static let add = arithmetic("Add", "a: g; b: g") { (_, step, _) in step.gradient }
}
