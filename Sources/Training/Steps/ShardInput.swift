import Differentiation
import Tensors

/// The images of a shard.
struct ShardInput: Sendable {
  /// float32 `[N, C, H, W]`.
  let images: Tensor
  let labels: [Int]
  /// The place of each image in the data.
  let items: [Int]

  /// `[N, classes]`: 1 for the class of an image, else 0.
  func targets(classCount: Int) throws(TesseraError) -> Tensor {
    var elements = [Float](repeating: 0, count: labels.count * classCount)
    for (row, label) in labels.enumerated() { elements[row * classCount + label] = 1 }
    return try Tensor(elements, shape: [labels.count, classCount])
  }

  /// The mask of a dropout, image by image.
  func mask(
    _ mask: TrainingForm.Mask, index: Int, seed: UInt64, epoch: Int
  ) throws(TesseraError) -> Tensor {
    let count = mask.extents.dropFirst().reduce(1, *)
    let kept = Float(1 / (1 - mask.ratio))
    let limit = UInt32((mask.ratio * 0x1p32).rounded(.down))
    var elements: [Float] = []
    elements.reserveCapacity(items.count * count)
    for item in items {
      var generator = CounterGenerator(seed: seed, .dropout(index), epoch: epoch, item: item)
      for _ in 0..<count { elements.append(generator.nextWord() < limit ? 0 : kept) }
    }
    return try Tensor(elements, shape: mask.extents)
  }
}
