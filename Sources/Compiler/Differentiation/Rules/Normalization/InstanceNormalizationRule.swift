extension GradientRule {
  static let instanceNormalization = normalizationOfGroups(
    "InstanceNormalization", "as LayerNormalization, over each channel of an image")
}
