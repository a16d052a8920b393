import Tensors
import TesseraRuntime

/// Runs any number of images through a plan that takes a few fixed numbers of them.
struct BatchedRun: Sendable {
  let session: Session
  let inputName: String
  let outputName: String
  /// The output's extents for one image.
  let outputExtents: [Int]
  /// Ascending, not empty.
  let batchSizes: [Int]

  /// - Parameter images: float32 `[N, C, H, W]`, N at least 1.
  /// - Returns: the output, float32, for all N images.
  func run(_ images: Tensor) throws(TesseraError) -> Tensor {
    let count = images.shape[0]
    var parts: [(tensor: Tensor, imageCount: Int)] = []
    var start = 0
    while start < count {
      let rest = count - start
      let batch = batchSizes.first { $0 >= rest } ?? batchSizes[batchSizes.count - 1]
      let imageCount = min(batch, rest)
      let outputs = try session.run([
        inputName: try images.rows(start..<start + imageCount, paddedTo: batch)
      ])
      guard let output = outputs[outputName], output.elementType == .float32,
        output.shape.dimensions == [batch] + outputExtents
      else {
        let extents = ([batch] + outputExtents).map(String.init).joined(separator: "x")
        throw TesseraError(
          .invalidInput, "expected an output float \(extents) for \(batch) images",
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
    guard let shape = Shape([count] + outputExtents) else {
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
