extension GradientRule {
  static let unsqueeze = reshaping("Unsqueeze")
}
