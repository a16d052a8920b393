import Tensors
import Vision

/// An image at every scale, for every kind of picture that networks take.
struct RescaledImage: Sendable {
  /// In the order of the scales.
  private(set) var images: [PictureKind: [Image]] = [:]

  init(_ image: Image, _ kinds: Set<PictureKind>, scales: [Int]) throws(TesseraError) {
    for kind in kinds {
      let picture = image.converted(to: kind.colorModel)
      for scale in scales {
        images[kind, default: []].append(
          try picture.rescaled(shorterSide: scale, kind.interpolation))
      }
    }
  }
}

/// The color model and the filter of a rescaled image.
struct PictureKind: Hashable, Sendable {
  let colorModel: Image.ColorModel
  let interpolation: Interpolation

  init(_ preprocessing: Preprocessing) {
    colorModel = preprocessing.color == .gray ? .gray : .rgb
    interpolation = preprocessing.interpolation
  }
}
