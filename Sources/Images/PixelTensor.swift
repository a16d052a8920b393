import Tensors

extension Preprocessing {
  /// The tensor float32 `[images.count, C, H, W]` of images that are all H rows of W pixels and have
  /// the color model of `color`. They keep their size, whatever `width` and `height` are.
  ///
  /// - Throws: `TesseraError` if there are none, or if they differ in size or color model.
  package func tensor(fromFitted images: [Image]) throws(TesseraError) -> Tensor {
    let channels = color.channelCount
    guard let first = images.first,
      images.allSatisfy({
        $0.width == first.width && $0.height == first.height && $0.channelCount == channels
      })
    else {
      throw TesseraError(
        .invalidInput, "expected images of one size and \(channels) channels for a batch")
    }
    guard let shape = Shape([images.count, channels, first.height, first.width]) else {
      throw TesseraError(.invalidInput, "a batch of \(images.count) images is too large")
    }
    let planeCount = first.height * first.width
    return try Tensor(elementType: .float32, shape: shape) { bytes in
      let values = bytes.bindMemory(to: Float.self)
      for (index, image) in images.enumerated() {
        let samples = image.storage.bytes
        for channel in 0..<channels {
          let source = color == .bgr ? 2 - channel : channel
          let start = (index * channels + channel) * planeCount
          for pixel in 0..<planeCount {
            let sample = Float(samples[pixel * channels + source])
            values[start + pixel] = (sample - mean[channel]) * scale[channel]
          }
        }
      }
    }
  }
}
