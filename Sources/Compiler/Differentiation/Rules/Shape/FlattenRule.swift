extension GradientRule {
  static let flatten = reshaping("Flatten")
}
