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
  let storage: TensorStorage

  /// Samples a pixel.
  public var channelCount: Int { colorModel.channelCount }

  /// The most pixels that an image may have.
  public static let maximumPixelCount = 1 << 27
  /// The most pixels that a side of an image may have.
  public static let maximumSide = 1 << 20

  /// The `height * width * channelCount` samples.
  package func withUnsafeSamples<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(storage.bytes))
  }

  /// A copy of the `height * width * channelCount` samples.
  public var samples: [UInt8] { Array(storage.bytes) }

  /// Makes an image of a copy of `samples`; nil if the extents are below 1, too large, or do not fit the
  /// samples, or if memory is refused.
  public init?(width: Int, height: Int, colorModel: ColorModel, samples: [UInt8]) {
    let image = samples.withUnsafeBytes { source in
      try? Image(width: width, height: height, colorModel: colorModel, copying: source)
    }
    guard let image else { return nil }
    self = image
  }

  /// Makes an image of a copy of the samples that start at `source`.
  ///
  /// - Throws: `TesseraError` if the extents are below 1, too large, or do not fit the samples, or if
  ///   memory is refused.
  package init(
    width: Int, height: Int, colorModel: ColorModel, copying source: UnsafeRawBufferPointer
  ) throws(TesseraError) {
    let count = try Self.checkedSampleCount(width: width, height: height, colorModel: colorModel)
    guard count == source.count else {
      throw TesseraError(
        .invalidInput,
        "an image of \(width)x\(height) pixels has \(count) samples, found \(source.count)")
    }
    try self.init(checkedWidth: width, height: height, colorModel: colorModel) { samples in
      samples.copyMemory(from: source)
    }
  }

  /// Makes an image of a size that is known to be allowed and lets `initialize` fill its zeroed samples.
  ///
  /// - Throws: `TesseraError` if memory is refused, or what `initialize` throws.
  init(
    checkedWidth width: Int, height: Int, colorModel: ColorModel,
    initialize: (UnsafeMutableRawBufferPointer) throws(TesseraError) -> Void
  ) throws(TesseraError) {
    storage = try TensorStorage(
      byteCount: width * height * colorModel.channelCount, initialize: initialize)
    self.width = width
    self.height = height
    self.colorModel = colorModel
  }

  /// Makes an image of samples that are known to fill it.
  init(checkedWidth width: Int, height: Int, colorModel: ColorModel, storage: TensorStorage) {
    self.storage = storage
    self.width = width
    self.height = height
    self.colorModel = colorModel
  }

  /// How many samples an image of this size has; nil if it may not exist.
  static func sampleCount(_ width: Int, _ height: Int, _ colorModel: ColorModel) -> Int? {
    guard (1...maximumSide).contains(width), (1...maximumSide).contains(height),
      width <= maximumPixelCount / height
    else { return nil }
    return width * height * colorModel.channelCount
  }

  /// True if size, color model and all samples are the same.
  public static func == (left: Image, right: Image) -> Bool {
    left.width == right.width && left.height == right.height
      && left.colorModel == right.colorModel
      && left.storage.bytes.elementsEqual(right.storage.bytes)
  }

  /// The same picture in another color model. Luma is ITU-R BT.601's
  /// `0.299 red + 0.587 green + 0.114 blue`, rounded; gray becomes three equal samples.
  ///
  /// - Throws: `TesseraError` if memory is refused.
  public func converted(to target: ColorModel) throws(TesseraError) -> Image {
    guard target != colorModel else { return self }
    let source = storage.bytes
    return try Image(checkedWidth: width, height: height, colorModel: target) { result in
      for pixel in 0..<width * height {
        switch target {
        case .gray: result[pixel] = luma(source, at: pixel * 3)
        case .rgb: for channel in 0..<3 { result[pixel * 3 + channel] = source[pixel] }
        }
      }
    }
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
  /// - Throws: `TesseraError` if the part is empty or does not lie inside the image, or if memory is
  ///   refused.
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
    let rowByteCount = width * channelCount
    return try Image(checkedWidth: width, height: height, colorModel: colorModel) { cropped in
      for row in 0..<height {
        let start = ((top + row) * self.width + left) * channelCount
        let source = storage.bytes[start..<start + rowByteCount]
        UnsafeMutableRawBufferPointer(rebasing: cropped[(row * rowByteCount)...])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: source))
      }
    }
  }
}

/// The luma of the RGB pixel at `index`, in fixed point with 16 fractional bits.
private func luma(_ samples: UnsafeRawBufferPointer, at index: Int) -> UInt8 {
  let red = 19595 * UInt32(samples[index])
  let green = 38470 * UInt32(samples[index + 1])
  let blue = 7471 * UInt32(samples[index + 2])
  return UInt8(truncatingIfNeeded: (red + green + blue + 0x8000) >> 16)
}
