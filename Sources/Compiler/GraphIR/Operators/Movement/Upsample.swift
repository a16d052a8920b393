extension Operator {
  /// ONNX `Upsample`, which `Resize` took the place of.
  static let upsample = resampling(
    "Upsample",
    forms: [
      OperatorForm(inputs: 1...1, attributes: ["mode", "scales"]),
      OperatorForm(since: 9, inputs: 2...2, attributes: ["mode"]),
    ]
  )
  .stating(limits: "scales are constants", "at most 1048576 elements a dimension")
}
