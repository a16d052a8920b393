import Tessera
import Vision

/// The options that say how images become inputs.
struct ImageArguments {
  private static let color = Option<Preprocessing.ColorOrder>(
    "color", "rgb|bgr|gray", help: "The order of the channels", parse: ArgumentValue.named())
  private static let mean = Option<[Float]>(
    "mean", "M[,M,M]", help: "Subtract from samples of 0 to 255, one for all or one a channel",
    parse: ArgumentValue.numberPerChannel)
  private static let scale = Option<[Float]>(
    "scale", "S[,S,S]", help: "Then multiply, one for all or one a channel",
    parse: ArgumentValue.numberPerChannel)
  private static let resize = Option<Preprocessing.ResizeMode>(
    "resize", "crop|stretch",
    help: "Scale the shorter side and cut out the middle, or stretch both sides",
    parse: ArgumentValue.named())
  private static let shortestSide = Option<Int>(
    "shortest-side", "PIXELS", help: "The shorter side after scaling, for --resize crop",
    parse: ArgumentValue.integer(in: 1...1 << 20))
  private static let interpolation = Option<Interpolation>(
    "interpolation", "bilinear|bicubic", help: "The filter for resizing",
    parse: ArgumentValue.named())

  /// What each pixel becomes, whatever part of the image is taken.
  static let pixelDeclarations = [
    color.declaration, mean.declaration, scale.declaration, interpolation.declaration,
  ]

  static let declarations =
    pixelDeclarations + [resize.declaration, shortestSide.declaration]

  private let arguments: ParsedArguments

  init(_ arguments: ParsedArguments) {
    self.arguments = arguments
  }

  /// `defaults`, such as those of a plan, with what the command line says instead; nil if neither
  /// says anything.
  func merged(with defaults: ImageOptions?) -> ImageOptions? {
    var options = defaults ?? ImageOptions()
    if let color = arguments[Self.color] { options.color = color }
    if let mean = arguments[Self.mean] { options.mean = mean }
    if let scale = arguments[Self.scale] { options.scale = scale }
    if let mode = arguments[Self.resize] { options.resizeMode = mode }
    if let side = arguments[Self.shortestSide] { options.shortestSide = side }
    if let filter = arguments[Self.interpolation] { options.interpolation = filter }
    return defaults == nil && options == ImageOptions() ? nil : options
  }
}
