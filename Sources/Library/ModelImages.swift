import GraphIR
import Tensors
import TesseraImages

extension Model {
  /// What the keys of `ImageOptions.metadata` begin with in a model's metadata properties.
  private static let keyPrefix = "tessera."

  /// How images become inputs as far as the model says: all that was stored, or else the order of the channels,
  /// which is ONNX's metadata property `Image.BitmapPixelFormat`. Nil if it says nothing that we know.
  var imageOptions: ImageOptions? {
    if let stored = try? storedImageOptions() { return stored }
    let colors: [String: Preprocessing.ColorOrder] = ["Rgb8": .rgb, "Bgr8": .bgr, "Gray8": .gray]
    guard let format = metadata.first(where: { $0.key == "Image.BitmapPixelFormat" })?.value,
      let color = colors[format]
    else { return nil }
    var options = ImageOptions()
    options.color = color
    return options
  }

  /// How images become inputs as a training stored it; nil if none did.
  ///
  /// - Throws: `invalidInput` if what is stored is damaged.
  func storedImageOptions() throws(TesseraError) -> ImageOptions? {
    try ImageOptions(metadataOf: "model") { key in
      metadata.first { $0.key == Self.keyPrefix + key }?.value
    }
  }

  /// Stores how images become inputs, if anything is said of it, in place of what was stored before.
  mutating func store(_ images: ImageOptions) {
    let entries = images.metadata.map { (key: Self.keyPrefix + $0.key, value: $0.value) }
    let keys = Set(entries.map(\.key))
    metadata.removeAll { keys.contains($0.key) }
    if images != ImageOptions() { metadata += entries }
  }
}

extension Network {
  /// How images become inputs as a training stored it, in the model or in the file of its weights; nil if none did.
  package var storedImageOptions: ImageOptions? {
    (try? model.storedImageOptions()) ?? nil
  }

  /// This network with how images become inputs, for its file.
  package func storing(_ images: ImageOptions) -> Network {
    var network = self
    network.model.store(images)
    return network
  }
}
