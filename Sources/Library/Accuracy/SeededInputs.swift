import Vision

extension PlanSignature {
  /// The same inputs in every run. An image batch, as `run` and `classify` take it, is noise of samples
  /// uniform in 0…255, preprocessed by `images`; any other input is uniform in −1…1.
  func seededInputs(_ images: ImageOptions) throws(TesseraError) -> [String: Tensor] {
    var generator = SplitMix64(seed: 1)
    var tensors: [String: Tensor] = [:]
    for input in inputs {
      if let preprocessing = try? images.preprocessing(for: input),
        let noise = generator.images(like: input.shape)
      {
        tensors[input.name] = try preprocessing.tensor(from: noise)
      } else {
        tensors[input.name] = try generator.uniform(input)
      }
    }
    return tensors
  }
}

extension SplitMix64 {
  /// An image of noise for each of a batch of shape `[N, 1 or 3, H, W]`; nil if no image is so large.
  fileprivate mutating func images(like shape: Shape) -> [Image]? {
    let sampleCount = shape.dimensions.dropFirst().reduce(1, *)
    var images: [Image] = []
    for _ in 0..<shape[0] {
      let samples = (0..<sampleCount).map { _ in UInt8(truncatingIfNeeded: next() >> 56) }
      guard
        let image = Image(
          width: shape[3], height: shape[2], colorModel: shape[1] == 1 ? .gray : .rgb,
          samples: samples)
      else { return nil }
      images.append(image)
    }
    return images
  }
}
