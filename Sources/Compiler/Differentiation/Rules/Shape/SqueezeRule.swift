extension GradientRule {
  static let squeeze = reshaping("Squeeze")
}
