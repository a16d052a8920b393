import Evaluation
import Tensors
import TesseraImages

/// The images of a training set as a network takes them, cut and changed at random.
struct TrainingImages: Sendable {
  let data: LabelledImages
  let preprocessing: Preprocessing
  let augmentation: Augmentation
  /// Of colours in grey levels, in the order of the channels; nil where colours are left as they are.
  let colors: ColorComponents?
  let seed: UInt64

  /// Shards of one epoch, in order, made on a thread of its own.
  ///
  /// - Parameters:
  ///   - order: the places of the images in the data, shard after shard.
  ///   - places: the shards that are wanted, in their order.
  func shards(
    _ order: [Int], size: Int, _ places: [Int], epoch: Int
  ) -> LookAhead<Result<ShardInput, TesseraError>> {
    LookAhead(places.indices, capacity: 4) { place in
      let index = places[place]
      return Result { () throws(TesseraError) in
        try shard(Array(order[index * size..<(index + 1) * size]), epoch: epoch)
      }
    }
  }

  func shard(_ items: [Int], epoch: Int) throws(TesseraError) -> ShardInput {
    var images: [Image] = []
    for item in items { images.append(try image(item, epoch: epoch)) }
    var tensor = try preprocessing.tensor(fromFitted: images)
    if let colors, augmentation.colorShift > 0 {
      let shifts = items.map { item in
        var generator = CounterGenerator(seed: seed, .color, epoch: epoch, item: item)
        return colors.shift(deviation: augmentation.colorShift, &generator)
      }
      tensor = try tensor.adding(shifts, scale: preprocessing.scale)
    }
    return ShardInput(
      images: tensor, labels: items.map { data.items[$0].label }, items: items)
  }

  /// One image, cut to the network's size.
  private func image(_ item: Int, epoch: Int) throws(TesseraError) -> Image {
    func generator(_ purpose: CounterGenerator.Purpose) -> CounterGenerator {
      CounterGenerator(seed: seed, purpose, epoch: epoch, item: item)
    }
    do throws(TesseraError) {
      let decoded = try data.image(item, preprocessing.orientation)
        .converted(to: preprocessing.color == .gray ? .gray : .rgb)
      let (width, height) = (preprocessing.width, preprocessing.height)
      let longest = max(width, height)
      let range = augmentation.scale ?? longest...longest
      var scales = generator(.scale)
      let side = range.lowerBound + scales.below(range.count)
      let scaled = try decoded.rescaled(shorterSide: side, preprocessing.interpolation)
      var image: Image
      if augmentation.cropsAnywhere {
        var places = generator(.place)
        let left = places.below(max(1, scaled.width - width + 1))
        let top = places.below(max(1, scaled.height - height + 1))
        image = try scaled.cropped(left: left, top: top, width: width, height: height)
      } else {
        image = try scaled.centerCropped(width: width, height: height)
      }
      var coin = generator(.mirroring)
      if augmentation.mirrors, coin.below(2) == 1 { image = try image.mirrored }
      return image
    } catch {
      throw error.about(image: data.items[item].name)
    }
  }
}

extension Tensor {
  /// Images `[N, C, H, W]` with a number a channel added to each, times a factor a channel.
  fileprivate func adding(_ shifts: [[Float]], scale: [Float]) throws(TesseraError) -> Tensor {
    let pixelCount = shape[2] * shape[3]
    return try Tensor(elementType: .float32, shape: shape) { target in
      withUnsafeBytes { target.copyMemory(from: $0) }
      let elements = target.bindMemory(to: Float.self)
      for (image, shift) in shifts.enumerated() {
        for channel in shift.indices {
          let start = (image * shift.count + channel) * pixelCount
          let added = shift[channel] * scale[channel]
          for pixel in start..<start + pixelCount { elements[pixel] += added }
        }
      }
    }
  }
}
