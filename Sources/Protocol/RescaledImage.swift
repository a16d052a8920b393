import Tensors
import TesseraImages

/// An image at every scale, for every kind of picture that networks take.
struct RescaledImage: Sendable {
  /// In the order of the scales.
  private(set) var images: [PictureKind: [Image]] = [:]

  /// - Parameter decode: reads the image file that way up; called once for each way that `kinds` have.
  init(
    _ kinds: Set<PictureKind>, scales: [Int],
    decode: (OrientationSource) throws(TesseraError) -> Image
  ) throws(TesseraError) {
    for (orientation, kinds) in Dictionary(grouping: kinds, by: \.orientation) {
      let image = try decode(orientation)
      for kind in kinds {
        let picture = try image.converted(to: kind.colorModel)
        for scale in scales {
          images[kind, default: []].append(
            try picture.rescaled(shorterSide: scale, kind.interpolation))
        }
      }
    }
  }
}

/// The color model, the filter and the orientation of a rescaled image.
struct PictureKind: Hashable, Sendable {
  let colorModel: Image.ColorModel
  let interpolation: Interpolation
  let orientation: OrientationSource

  init(_ preprocessing: Preprocessing) {
    colorModel = preprocessing.color == .gray ? .gray : .rgb
    interpolation = preprocessing.interpolation
    orientation = preprocessing.orientation
  }
}

extension LabelledImages {
  /// Decoded and rescaled images that wait for a network, at most.
  private static let lookAheadCount = 4

  /// The images of `range`, decoded and rescaled on a thread of their own: at most two more than wait
  /// are in memory at all scales.
  func rescaled(
    _ range: Range<Int>, _ kinds: Set<PictureKind>, scales: [Int]
  ) -> LookAhead<Result<RescaledImage, TesseraError>> {
    LookAhead(range, capacity: Self.lookAheadCount) { [self] index in
      Result { () throws(TesseraError) in
        try RescaledImage(kinds, scales: scales) { (orientation) throws(TesseraError) in
          try image(index, orientation)
        }
      }
    }
  }
}
