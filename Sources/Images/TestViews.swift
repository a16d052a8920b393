import Tensors

/// The parts of a rescaled image that a network looks at when it is tested, after Simonyan and
/// Zisserman (2014), sections 3.2 and 4.
extension Image {
  /// The size at which the shorter side has `shorterSide` pixels. The longer side keeps the ratio,
  /// halves rounded up.
  ///
  /// - Throws: `TesseraError` if no image may have this size.
  package func rescaledSize(
    shorterSide: Int
  ) throws(TesseraError) -> (width: Int, height: Int) {
    let (shorter, longer) = (min(width, height), max(width, height))
    let (product, overflow) = longer.multipliedReportingOverflow(by: 2 * shorterSide)
    // floor(longer * shorterSide / shorter + 1/2) in whole numbers.
    let scaled = overflow ? Int.max : (product + shorter) / (2 * shorter)
    guard Image.sampleCount(shorterSide, scaled, colorModel) != nil else {
      throw TesseraError(
        .invalidInput,
        "scaling \(width)x\(height) pixels to a shorter side of \(shorterSide) gives too large an "
          + "image")
    }
    return width <= height ? (shorterSide, scaled) : (scaled, shorterSide)
  }

  /// The whole image, its shorter side scaled to `shorterSide` pixels, its ratio kept.
  ///
  /// - Throws: `TesseraError` if no image may have this size.
  package func rescaled(
    shorterSide: Int, _ interpolation: Interpolation
  ) throws(TesseraError) -> Image {
    let size = try rescaledSize(shorterSide: shorterSide)
    return try resized(width: size.width, height: size.height, interpolation)
  }

  /// The parts of `width` by `height` pixels on a grid of `count` by `count` places that reaches from
  /// one border to the other, row by row: part i of an axis starts at floor(i · (side − extent) /
  /// (count − 1) + 1/2).
  ///
  /// - Parameter count: places on each axis, at least 2.
  /// - Throws: `TesseraError` if the image is smaller than a part.
  package func gridCrops(
    width: Int, height: Int, count: Int
  ) throws(TesseraError) -> [Image] {
    let lefts = Self.gridOffsets(side: self.width, extent: width, count: count)
    var crops: [Image] = []
    for top in Self.gridOffsets(side: self.height, extent: height, count: count) {
      for left in lefts {
        crops.append(try cropped(left: left, top: top, width: width, height: height))
      }
    }
    return crops
  }

  /// Where `count` parts of `extent` pixels start on a side of `side` pixels.
  static func gridOffsets(side: Int, extent: Int, count: Int) -> [Int] {
    let intervals = max(count - 1, 1)
    return (0..<count).map { (2 * $0 * (side - extent) + intervals) / (2 * intervals) }
  }

  /// Left and right exchanged.
  package var mirrored: Image {
    get throws(TesseraError) { try oriented(.mirrored) }
  }
}
