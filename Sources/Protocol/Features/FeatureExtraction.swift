import Tensors
import TesseraImages

/// Values of a network as descriptors of images, after appendix B of Simonyan and Zisserman (2014): means
/// over the positions of a whole image, over mirrored views and over scales, of Euclidean norm 1 if wanted.
package struct FeatureExtraction: Sendable {
  package let data: LabelledImages
  package let network: ImageNetwork
  /// The names of outputs of the network.
  package let values: [String]
  package let preprocessing: Preprocessing
  /// How the network looks at an image. The order of scores has no meaning here.
  package let settings: TestProtocol
  /// Values `[N, C, H, W]` are averaged over H and W.
  private let meansPositions: Bool
  private let normalizes: Bool

  /// - Throws: `TesseraError` if the network cannot look at images in this way, or has no such outputs of
  ///   floats.
  package init(
    data: LabelledImages, network: ImageNetwork, values: [String], preprocessing: Preprocessing,
    settings: TestProtocol, meansPositions: Bool, normalizes: Bool
  ) throws(TesseraError) {
    let input = network.input.shape
    try settings.validateScales(for: (input[2], input[3]), minimumSize: network.minimumSize)
    for name in values {
      guard let output = network.outputs.first(where: { $0.name == name }) else {
        let known = network.outputs.map { "'\($0.name)'" }.joined(separator: ", ")
        throw TesseraError(
          .invalidUsage, "there is no such output; the outputs are \(known)", at: .value(name))
      }
      guard network.isRowPerImage(output) else {
        throw TesseraError(
          .invalidInput, "expected float, a row for each image, found \(output)", at: .value(name))
      }
    }
    self.data = data
    self.network = network
    self.values = values
    self.preprocessing = preprocessing
    self.settings = settings
    self.meansPositions = meansPositions
    self.normalizes = normalizes
  }

  /// Computes the features of all images, one after the other.
  ///
  /// - Parameter report: takes the features of an image in the order of `values`, or why it cannot be read.
  /// - Throws: what the network or `report` throws.
  package func run(
    report: (Int, Result<[Feature], TesseraError>) throws(TesseraError) -> Void
  ) throws(TesseraError) {
    let kind = PictureKind(preprocessing)
    let pictures = data.rescaled(data.items.indices, [kind], scales: settings.scales)
    defer { pictures.stop() }
    for index in data.items.indices {
      switch pictures.next() {
      case .success(let picture):
        let features: [Feature]
        do throws(TesseraError) {
          features = try self.features(of: picture.images[kind] ?? [])
        } catch {
          throw error.about(image: data.items[index].name)
        }
        try report(index, .success(features))
      case .failure(let error):
        try report(index, .failure(error))
      }
    }
  }

  /// - Parameter images: one at each scale.
  private func features(of images: [Image]) throws(TesseraError) -> [Feature] {
    var means: [[Feature]] = values.map { _ in [] }
    for image in images {
      let input = network.input.shape
      for views in try settings.batches(of: image, for: (input[2], input[3]), preprocessing) {
        for (index, value) in try network.run.outputs(values, for: views).enumerated() {
          means[index].append(
            try Feature.mean(of: Feature.ofBatch(value, meansPositions: meansPositions)))
        }
      }
    }
    var features: [Feature] = []
    for parts in means {
      var feature = try Feature.mean(of: parts)
      guard feature.elements.allSatisfy(\.isFinite) else {
        throw TesseraError(.invalidInput, "the network gives values that are not finite")
      }
      if normalizes { feature.normalize() }
      features.append(feature)
    }
    return features
  }
}
