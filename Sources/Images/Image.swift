import Tensors

/// An image of 8-bit samples: rows from top to bottom, no padding, channels interleaved.
public struct Image: Sendable, Equatable {
  /// What the samples of a pixel mean.
  public enum ColorModel: UInt8, Sendable {
    /// One sample a pixel: luma.
    case gray = 1
    /// Red, green, blue.
    case rgb = 3

    /// Samples a pixel.
    public var channelCount: Int { Int(rawValue) }
  }

  /// In pixels, at least 1.
  public let width: Int
  /// In pixels, at least 1.
  public let height: Int
  /// What the samples of a pixel mean.
  public let colorModel: ColorModel
  /// `height * width * channelCount` samples.
  public let samples: [UInt8]

  /// Samples a pixel.
  public var channelCount: Int { colorModel.channelCount }

  /// The most pixels that an image may have.
  public static let maximumPixelCount = 1 << 27

  /// Makes an image; nil if the extents are below 1, too large, or do not fit the samples.
  public init?(width: Int, height: Int, colorModel: ColorModel, samples: [UInt8]) {
    guard let count = Self.sampleCount(width, height, colorModel), count == samples.count
    else { return nil }
    self.init(checkedWidth: width, height: height, colorModel: colorModel, samples: samples)
  }

  /// Makes an image from extents and samples that are known to fit.
  init(checkedWidth width: Int, height: Int, colorModel: ColorModel, samples: [UInt8]) {
    self.width = width
    self.height = height
    self.colorModel = colorModel
    self.samples = samples
  }

  /// How many samples an image of this size has; nil if it may not exist.
  static func sampleCount(_ width: Int, _ height: Int, _ colorModel: ColorModel) -> Int? {
    guard width >= 1, height >= 1, width <= maximumPixelCount / height else { return nil }
    return width * height * colorModel.channelCount
  }

  /// The same picture in another color model. Luma is ITU-R BT.601's
  /// `0.299 red + 0.587 green + 0.114 blue`, rounded; gray becomes three equal samples.
  public func converted(to target: ColorModel) -> Image {
    guard target != colorModel else { return self }
    let pixelCount = width * height
    let converted = samples.withUnsafeBufferPointer { source in
      [UInt8](unsafeUninitializedCapacity: pixelCount * target.channelCount) { result, count in
        for pixel in 0..<pixelCount {
          switch target {
          case .gray: result[pixel] = luma(source, at: pixel * 3)
          case .rgb: for channel in 0..<3 { result[pixel * 3 + channel] = source[pixel] }
          }
        }
        count = pixelCount * target.channelCount
      }
    }
    return Image(checkedWidth: width, height: height, colorModel: target, samples: converted)
  }

  /// The part of `width` by `height` pixels in the middle; half a pixel is rounded down.
  ///
  /// - Throws: `TesseraError` if the image is smaller.
  public func centerCropped(width: Int, height: Int) throws(TesseraError) -> Image {
    try cropped(
      left: (self.width &- width) / 2, top: (self.height &- height) / 2, width: width,
      height: height)
  }

  /// The part of `width` by `height` pixels that starts `left` pixels from the left and `top` pixels
  /// from the top.
  ///
  /// - Throws: `TesseraError` if the part is empty or does not lie inside the image.
  public func cropped(
    left: Int, top: Int, width: Int, height: Int
  ) throws(TesseraError) -> Image {
    guard width >= 1, height >= 1, width <= self.width, height <= self.height else {
      throw TesseraError(
        .invalidInput,
        "cannot cut \(width)x\(height) pixels out of an image of \(self.width)x\(self.height)")
    }
    guard (0...self.width - width).contains(left), (0...self.height - height).contains(top) else {
      throw TesseraError(
        .invalidInput,
        "cannot cut \(width)x\(height) pixels at column \(left), row \(top) out of an image of "
          + "\(self.width)x\(self.height)")
    }
    guard width != self.width || height != self.height else { return self }
    var cropped: [UInt8] = []
    cropped.reserveCapacity(width * height * channelCount)
    for row in top..<top + height {
      let start = (row * self.width + left) * channelCount
      cropped += samples[start..<start + width * channelCount]
    }
    return Image(checkedWidth: width, height: height, colorModel: colorModel, samples: cropped)
  }
}

/// The luma of the RGB pixel at `index`, in fixed point with 16 fractional bits.
private func luma(_ samples: UnsafeBufferPointer<UInt8>, at index: Int) -> UInt8 {
  let red = 19595 * UInt32(samples[index])
  let green = 38470 * UInt32(samples[index + 1])
  let blue = 7471 * UInt32(samples[index + 2])
  return UInt8(truncatingIfNeeded: (red + green + blue + 0x8000) >> 16)
}
