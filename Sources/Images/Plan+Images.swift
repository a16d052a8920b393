extension Plan {
  /// The input of a plan that takes images alone, made of `images` as the plan was told when it was compiled;
  /// of samples from 0 to 255 in RGB if it was not.
  ///
  /// ```swift
  /// import TesseraImages
  ///
  /// let plan = try Plan(path: "digits.plan")
  /// let outputs = try Session(plan: plan).run(plan.inputs(from: [Image(path: "4.png")]))
  /// ```
  ///
  /// - Returns: a batch as large as there are images, of the size that the plan has for such a batch.
  /// - Throws: `TesseraError` if the plan has several inputs, if its input is no image, or if memory is
  ///   refused.
  public func inputs(from images: [Image]) throws(TesseraError) -> [String: Tensor] {
    let variants = variants
    let fitting = variants.first { $0.inputs.first?.shape.dimensions.first == images.count }
    guard let inputs = (fitting ?? variants.first)?.inputs, inputs.count == 1 else {
      throw TesseraError(.invalidInput, "expected a plan with one input, which takes images")
    }
    let preprocessing = try (try imageOptions() ?? ImageOptions()).preprocessing(for: inputs[0])
    return [inputs[0].name: try preprocessing.tensor(from: images)]
  }
}
