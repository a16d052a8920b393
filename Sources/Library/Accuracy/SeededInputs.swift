import TesseraImages

extension PlanSignature {
  /// The same inputs in every run. An image batch, as `run` and `classify` take it, is noise of samples
  /// uniform in 0…255, preprocessed by `images`; any other input is uniform in −1…1.
  func seededInputs(_ images: ImageOptions) throws(TesseraError) -> [String: Tensor] {
    var generator = SplitMix64(seed: 1)
    var tensors: [String: Tensor] = [:]
    for input in inputs {
      if let preprocessing = try? images.preprocessing(for: input) {
        tensors[input.name] = try preprocessing.tensor(
          from: try generator.images(like: input.shape))
      } else {
        tensors[input.name] = try generator.uniform(input)
      }
    }
    return tensors
  }
}

extension SplitMix64 {
  /// An image of noise for each of a batch of shape `[N, 1 or 3, H, W]`.
  ///
  /// - Throws: `TesseraError` if no image is so large, or if memory is refused.
  fileprivate mutating func images(like shape: Shape) throws(TesseraError) -> [Image] {
    let sampleCount = shape.dimensions.dropFirst().reduce(1, *)
    var images: [Image] = []
    for _ in 0..<shape[0] {
      let samples = try ZeroedMemory(byteCount: sampleCount)
      defer { withExtendedLifetime(samples) {} }
      for index in samples.bytes.indices {
        samples.bytes[index] = UInt8(truncatingIfNeeded: next() >> 56)
      }
      images.append(
        try Image(
          width: shape[3], height: shape[2], colorModel: shape[1] == 1 ? .gray : .rgb,
          copying: UnsafeRawBufferPointer(samples.bytes)))
    }
    return images
  }
}
