import Tensors

/// Runs any number of images of one size as batches.
struct BatchedRun: Sendable {
  let inputName: String
  /// How many images the next run takes, given the shape `[N, C, H, W]` of all and how many are left. More
  /// than are left are filled up with zeros, on which no image's result depends.
  let batchSize: @Sendable (_ images: Shape, _ rest: Int) throws(TesseraError) -> Int
  let run: @Sendable ([String: Tensor]) throws(TesseraError) -> [String: Tensor]

  /// The outputs called `names` for all images, each float32 `[N, …]`.
  ///
  /// - Parameter images: float32 `[N, C, H, W]`, N at least 1.
  /// - Throws: `TesseraError` also if an output has other than one row for each image of a batch.
  func outputs(_ names: [String], for images: Tensor) throws(TesseraError) -> [Tensor] {
    let count = images.shape[0]
    var parts: [[Part]] = names.map { _ in [] }
    var start = 0
    while start < count {
      let batch = try batchSize(images.shape, count - start)
      let imageCount = min(batch, count - start)
      let outputs = try run([
        inputName: try images.rows(start..<start + imageCount, paddedTo: batch)
      ])
      for (index, name) in names.enumerated() {
        guard let output = outputs[name], output.elementType == .float32,
          output.shape.rank > 0, output.shape[0] == batch,
          parts[index].allSatisfy({ $0.extents == output.shape.dimensions.dropFirst() })
        else {
          throw TesseraError(
            .invalidInput, "expected an output of floats, a row for each of \(batch) images",
            at: .value(name))
        }
        parts[index].append(Part(tensor: output, imageCount: imageCount))
      }
      start += imageCount
    }
    var joined: [Tensor] = []
    for parts in parts { joined.append(try Part.joined(parts, count: count)) }
    return joined
  }
}

/// The output of one run, of which the first images count.
private struct Part {
  let tensor: Tensor
  let imageCount: Int

  var extents: ArraySlice<Int> { tensor.shape.dimensions.dropFirst() }

  static func joined(_ parts: [Part], count: Int) throws(TesseraError) -> Tensor {
    guard let shape = Shape([count] + (parts.first?.extents ?? [])) else {
      throw TesseraError(.invalidInput, "a batch of \(count) images is too large")
    }
    return try Tensor(elementType: .float32, shape: shape) { bytes in
      var start = 0
      for part in parts {
        let byteCount = part.tensor.byteCount / part.tensor.shape[0] * part.imageCount
        part.tensor.withUnsafeBytes { source in
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
    return try Tensor(elementType: elementType, shape: padded) { bytes in
      withUnsafeBytes { source in
        bytes.copyMemory(
          from: UnsafeRawBufferPointer(
            rebasing: source[rows.lowerBound * rowByteCount..<rows.upperBound * rowByteCount]))
      }
    }
  }
}
