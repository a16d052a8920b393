import Tensors

/// A value of a network for one image, or its mean over several views.
package struct Feature: Sendable, Equatable {
  /// Of one image: without the batch.
  package let extents: [Int]
  /// Dense, row-major.
  package private(set) var elements: [Double]

  package init(extents: [Int], elements: [Double]) {
    self.extents = extents
    self.elements = elements
  }

  /// The element-wise mean.
  ///
  /// - Throws: `TesseraError` if they differ in extents.
  static func mean(of features: [Feature]) throws(TesseraError) -> Feature {
    guard let first = features.first else {
      throw TesseraError(.invalidInput, "there are no views to average")
    }
    guard let other = features.first(where: { $0.extents != first.extents }) else {
      return Feature(
        extents: first.extents, elements: Posteriors.mean(of: features.map(\.elements)))
    }
    throw TesseraError(
      .invalidInput,
      "views give values of different shapes, \(first.extents) and \(other.extents), which cannot be "
        + "averaged")
  }

  /// One feature for each image of a value float32 `[N, …]`.
  ///
  /// - Parameter meansPositions: a value `[N, C, H, W]` becomes its means over H and W, `[C]` an image.
  static func ofBatch(_ value: Tensor, meansPositions: Bool) -> [Feature] {
    let elements = value.values(as: Float.self) ?? []
    let extents = Array(value.shape.dimensions.dropFirst())
    let count = extents.reduce(1, *)
    return (0..<value.shape[0]).map { image in
      let own = elements[image * count..<(image + 1) * count]
      guard meansPositions, extents.count == 3 else {
        return Feature(extents: extents, elements: own.map(Double.init))
      }
      let positionCount = extents[1] * extents[2]
      return Feature(
        extents: [extents[0]],
        elements: (0..<extents[0]).map { channel in
          let start = own.startIndex + channel * positionCount
          return own[start..<start + positionCount].reduce(0) { $0 + Double($1) }
            / Double(positionCount)
        })
    }
  }

  /// Divides by the Euclidean norm, unless that is 0.
  mutating func normalize() {
    let norm = elements.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard norm > 0 else { return }
    for index in elements.indices { elements[index] /= norm }
  }
}
