import ExecutionPlan
import Tensors

/// The factors of gradients of all images of a batch, image by image.
final class FactorMemory {
  let imageCount: Int
  private let memory: KeptMemory

  /// - Throws: `TesseraError` if memory is refused.
  init(_ factors: [GradientFactors], imageCount: Int) throws(TesseraError) {
    self.imageCount = imageCount
    memory = try KeptMemory(try Self.layout(factors, imageCount: imageCount))
  }

  private static func layout(
    _ factors: [GradientFactors], imageCount: Int
  ) throws(TesseraError) -> KeptLayout {
    var layout = KeptLayout(.gradients)
    for factor in factors {
      for (name, extent) in [(factor.left, factor.rowCount), (factor.right, factor.columnCount)]
      where layout[name] == nil {
        guard let shape = Shape([imageCount, extent]) else {
          throw TesseraError(.invalidUsage, "a batch of \(imageCount) images is too large")
        }
        layout.append(name, shape)
      }
    }
    return layout
  }

  /// Takes the factors of images from `first` on from what their shard gave.
  func store(_ outputs: [String: Tensor], from first: Int) {
    for entry in memory.layout.entries {
      guard let tensor = outputs[entry.name] else { continue }
      let count = tensor.shape.dimensions.first ?? 0
      tensor.withUnsafeBytes { rows(of: first..<first + count, entry).copyMemory(from: $0) }
    }
  }

  /// The memory of some images' factors, one factor after the other.
  func rows(of images: Range<Int>) -> [UnsafeMutableRawBufferPointer] {
    memory.layout.entries.map { rows(of: images, $0) }
  }

  private func rows(
    of images: Range<Int>, _ entry: KeptLayout.Entry
  ) -> UnsafeMutableRawBufferPointer {
    let byteCount = entry.byteCount / max(1, imageCount)
    return UnsafeMutableRawBufferPointer(
      rebasing: UnsafeMutableRawBufferPointer(memory.elements(entry))[
        images.lowerBound * byteCount..<images.upperBound * byteCount])
  }

  /// The factor of this name, `[images, extent]`.
  subscript(name: String) -> UnsafeMutableBufferPointer<Float>? {
    memory.layout[name].map { memory.elements($0) }
  }
}
