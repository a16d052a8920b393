import Tensors

/// How an image becomes the input of a network: float32 `[N, C, height, width]`.
///
/// `value = (sample − mean) * scale`, with samples from 0 to 255 and one mean and one scale a channel,
/// in the order of `color`.
public struct Preprocessing: Sendable, Equatable {
  /// The channels of the tensor, in order.
  public enum ColorOrder: UInt8, Sendable, CaseIterable {
    case rgb, bgr, gray

    /// The extent of the tensor's dimension 1.
    public var channelCount: Int { self == .gray ? 1 : 3 }
  }

  /// How an image of another size or shape is made to fit.
  public enum ResizeMode: UInt8, Sendable, CaseIterable {
    /// Scale until the shorter side has `shortestSide` pixels, then cut out the middle.
    case crop
    /// Scale both sides to the target, each as it needs.
    case stretch
  }

  /// Columns of the input, in pixels.
  public let width: Int
  /// Rows of the input, in pixels.
  public let height: Int
  /// The channels of the input, in order.
  public let color: ColorOrder
  /// How an image of another size is made to fit.
  public let resizeMode: ResizeMode
  /// In pixels, for `crop`; at least the larger of `width` and `height`.
  public let shortestSide: Int
  /// The filter for resizing.
  public let interpolation: Interpolation
  /// One value a channel, in grey levels.
  public let mean: [Float]
  /// One factor a channel.
  public let scale: [Float]
  /// Which way up image files are read.
  public let orientation: OrientationSource

  /// Checks and stores the settings.
  ///
  /// - Parameters:
  ///   - shortestSide: the larger of `width` and `height` if nil.
  ///   - mean: one value, or one a channel.
  ///   - scale: one factor, or one a channel.
  /// - Throws: `TesseraError` (invalid usage) if a size is out of range or a count does not fit.
  public init(
    width: Int, height: Int, color: ColorOrder = .rgb, resizeMode: ResizeMode = .crop,
    shortestSide: Int? = nil, interpolation: Interpolation = .bilinear, mean: [Float] = [0],
    scale: [Float] = [1], orientation: OrientationSource = .exif
  ) throws(TesseraError) {
    guard Image.sampleCount(width, height, .rgb) != nil else {
      throw TesseraError(
        .invalidUsage, "an input of \(width)x\(height) pixels is empty or too large")
    }
    let longest = max(width, height)
    guard (longest...1 << 20).contains(shortestSide ?? longest) else {
      throw TesseraError(
        .invalidUsage,
        "expected a shortest side from \(longest), the input's size, to \(1 << 20) pixels, "
          + "found \(shortestSide ?? longest)")
    }
    self.width = width
    self.height = height
    self.color = color
    self.resizeMode = resizeMode
    self.shortestSide = shortestSide ?? longest
    self.interpolation = interpolation
    self.mean = try Self.perChannel(mean, "mean", color)
    self.scale = try Self.perChannel(scale, "scale", color)
    self.orientation = orientation
  }

  private static func perChannel(
    _ values: [Float], _ name: String, _ color: ColorOrder
  ) throws(TesseraError) -> [Float] {
    guard values.allSatisfy(\.isFinite) else {
      throw TesseraError(.invalidUsage, "expected finite numbers as \(name), found \(values)")
    }
    if values.count == 1 { return Array(repeating: values[0], count: color.channelCount) }
    guard values.count == color.channelCount else {
      throw TesseraError(
        .invalidUsage,
        "expected one \(name) or one for each of the \(color.channelCount) channels, "
          + "found \(values.count)")
    }
    return values
  }

  /// Scales and cuts `image` to `width` by `height` pixels, in the color model of `color`.
  public func fitted(_ image: Image) throws(TesseraError) -> Image {
    let image = try image.converted(to: color == .gray ? .gray : .rgb)
    switch resizeMode {
    case .stretch:
      return try image.resized(width: width, height: height, interpolation)
    case .crop:
      let (scaledWidth, scaledHeight) = scaledSize(image)
      guard Image.sampleCount(scaledWidth, scaledHeight, .rgb) != nil else {
        throw TesseraError(
          .invalidInput,
          "scaling \(image.width)x\(image.height) pixels to a shortest side of \(shortestSide) "
            + "gives too large an image")
      }
      let scaled = try image.resized(width: scaledWidth, height: scaledHeight, interpolation)
      return try scaled.centerCropped(width: width, height: height)
    }
  }

  /// The shorter side becomes `shortestSide`; the longer one keeps the ratio, rounded down.
  private func scaledSize(_ image: Image) -> (width: Int, height: Int) {
    image.width <= image.height
      ? (shortestSide, shortestSide * image.height / image.width)
      : (shortestSide * image.width / image.height, shortestSide)
  }

  /// The input `[images.count, C, height, width]` for a batch of images.
  public func tensor(from images: [Image]) throws(TesseraError) -> Tensor {
    var fitting: [Image] = []
    for image in images { fitting.append(try fitted(image)) }
    return try tensor(fromFitted: fitting)
  }
}
