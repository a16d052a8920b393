/// ONNX `InstanceNormalization`: `GroupNormalization` with a group a channel. Its parameters are
/// `GroupNormalizationParameters`.
extension Operator {
  static let instanceNormalization = normalizationOfGroups(
    "InstanceNormalization", forms: [OperatorForm(inputs: 3...3, attributes: ["epsilon"])])
}
