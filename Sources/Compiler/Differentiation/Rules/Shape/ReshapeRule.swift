extension GradientRule {
  static let reshape = reshaping("Reshape")
}
