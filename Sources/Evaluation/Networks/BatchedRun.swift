import Tensors

/// Runs any number of images of one size as batches.
struct BatchedRun: Sendable {
  let inputName: String
  let outputName: String
  let classCount: Int
  /// How many images the next run takes, given the shape `[N, C, H, W]` of all and how many are left. More
  /// than are left are filled up with zeros, on which no image's result depends.
  let batchSize: @Sendable (_ images: Shape, _ rest: Int) throws(TesseraError) -> Int
  let run: @Sendable ([String: Tensor]) throws(TesseraError) -> [String: Tensor]

  /// - Parameter images: float32 `[N, C, H, W]`, N at least 1.
  /// - Returns: the output for all N images, float32 `[N, classCount]` or `[N, classCount, H', W']`.
  func scores(_ images: Tensor) throws(TesseraError) -> Tensor {
    let count = images.shape[0]
    var parts: [(tensor: Tensor, imageCount: Int)] = []
    var start = 0
    while start < count {
      let batch = try batchSize(images.shape, count - start)
      let imageCount = min(batch, count - start)
      let outputs = try run([
        inputName: try images.rows(start..<start + imageCount, paddedTo: batch)
      ])
      guard let output = outputs[outputName], output.elementType == .float32,
        [2, 4].contains(output.shape.rank), output.shape[0] == batch,
        output.shape[1] == classCount,
        output.shape.dimensions.dropFirst()
          == (parts.first?.tensor.shape ?? output.shape)
          .dimensions.dropFirst()
      else {
        throw TesseraError(
          .invalidInput, "expected an output float \(batch)x\(classCount) for \(batch) images",
          at: .value(outputName))
      }
      parts.append((output, imageCount))
      start += imageCount
    }
    return try joined(parts, count: count)
  }

  private func joined(
    _ parts: [(tensor: Tensor, imageCount: Int)], count: Int
  ) throws(TesseraError) -> Tensor {
    let extents = parts.first?.tensor.shape.dimensions.dropFirst() ?? []
    guard let shape = Shape([count] + extents) else {
      throw TesseraError(.invalidInput, "a batch of \(count) images is too large")
    }
    return Tensor(elementType: .float32, shape: shape) { bytes in
      var start = 0
      for (tensor, imageCount) in parts {
        let byteCount = tensor.byteCount / tensor.shape[0] * imageCount
        tensor.withUnsafeBytes { source in
          UnsafeMutableRawBufferPointer(rebasing: bytes[start..<start + byteCount])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<byteCount]))
        }
        start += byteCount
      }
    }
  }
}

extension Tensor {
  /// Some rows of dimension 0, then rows of zeros up to `count`.
  fileprivate func rows(_ rows: Range<Int>, paddedTo count: Int) throws(TesseraError) -> Tensor {
    guard let padded = Shape([count] + shape.dimensions.dropFirst()) else {
      throw TesseraError(.invalidInput, "a batch of \(count) images is too large")
    }
    let rowByteCount = byteCount / shape[0]
    return Tensor(elementType: elementType, shape: padded) { bytes in
      withUnsafeBytes { source in
        bytes.copyMemory(
          from: UnsafeRawBufferPointer(
            rebasing: source[rows.lowerBound * rowByteCount..<rows.upperBound * rowByteCount]))
      }
    }
  }
}
