import Tessera
import TesseraImages

/// The options that say how images become inputs.
struct ImageArguments {
  private static let preset = Option<ImagePreset>(
    "preset", "PRESET",
    help: "Take colour order, mean and scale of imagenet, torchvision, caffe, keras-tf or none",
    parse: ArgumentValue.choice())
  private static let color = Option<Preprocessing.ColorOrder>(
    "color", "rgb|bgr|gray", help: "The order of the channels", parse: ArgumentValue.named())
  private static let mean = Option<[Float]>(
    "mean", "M[,M,M]", help: "Subtract from samples of 0 to 255, one for all or one a channel",
    parse: ArgumentValue.numberPerChannel)
  private static let scale = Option<[Float]>(
    "scale", "S[,S,S]", help: "Then multiply, as by 1/255, one for all or one a channel",
    parse: ArgumentValue.numberPerChannel)
  /// The value is what to multiply by.
  private static let deviation = Option<[Float]>(
    "std", "D[,D,D]",
    help: "Then divide, in place of --scale, by deviations of samples of 0 to 255",
    parse: ArgumentValue.reciprocalPerChannel)
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
  private static let orientation = Option<OrientationSource>(
    "orient", "exif|none",
    help: "Turn JPEG images as their EXIF data says, or leave them (default: exif)",
    parse: ArgumentValue.choice())

  /// What each pixel becomes, whatever part of the image is taken.
  static let pixelDeclarations = [
    preset.declaration, color.declaration, mean.declaration, scale.declaration,
    deviation.declaration, interpolation.declaration, orientation.declaration,
  ]

  static let declarations =
    pixelDeclarations + [resize.declaration, shortestSide.declaration]

  private let arguments: ParsedArguments

  /// - Throws: `invalidUsage` with every two options that contradict each other.
  init(_ arguments: ParsedArguments) throws(TesseraError) {
    self.arguments = arguments
    if let error = TesseraError(.invalidUsage, diagnostics: contradictions) { throw error }
    if let factors = arguments[Self.deviation], factors.allSatisfy({ $0 > 1 }) {
      StandardError.note([
        "--std divides differences of samples from 0 to 255; multiply deviations of samples from 0 to 1, "
          + "and their --mean, by 255"
      ])
    }
  }

  /// The first of these options that was given.
  var firstGiven: OptionDeclaration? { Self.declarations.first(where: arguments.isGiven) }

  private var contradictions: [Diagnostic] {
    let isStretched = arguments[Self.resize] == .stretch
    let perChannel = [Self.mean, Self.scale, Self.deviation].filter {
      (arguments[$0]?.count ?? 1) > 1
    }
    var pairs = [
      (Self.deviation.declaration, Self.scale.declaration, "one divides, the other multiplies")
    ]
    if let preset = arguments[Self.preset] {
      let fixed = [Self.mean, Self.scale, Self.deviation].map(\.declaration)
      let colors = preset == .unchanged ? [] : [Self.color.declaration]
      pairs += (fixed + colors).map {
        (Self.preset.declaration, $0, "'\(preset.rawValue)' has a value of its own")
      }
      if preset == .torchvision, isStretched {
        pairs.append((Self.preset.declaration, Self.resize.declaration, "'torchvision' crops"))
      }
    }
    if isStretched {
      pairs.append(
        (Self.resize.declaration, Self.shortestSide.declaration, "'stretch' has no use for it"))
    }
    if arguments[Self.color] == .gray {
      pairs += perChannel.map {
        (Self.color.declaration, $0.declaration, "'gray' has one channel")
      }
    }
    return pairs.filter { arguments.isGiven($0.0) && arguments.isGiven($0.1) }.map {
      first, second, reason in
      Diagnostic(
        "options '--\(first.name)' and '--\(second.name)' contradict each other: \(reason)")
    }
  }

  /// `defaults`, such as those of a plan, with what the command line says instead; nil if neither
  /// says anything.
  ///
  /// - Throws: `invalidUsage` if the command line says how to crop images that `defaults` stretches.
  func merged(with defaults: ImageOptions?) throws(TesseraError) -> ImageOptions? {
    var options = defaults ?? ImageOptions()
    if let preset = arguments[Self.preset] { options.apply(preset) }
    if let color = arguments[Self.color] { options.color = color }
    if let mean = arguments[Self.mean] { options.mean = mean }
    if let scale = arguments[Self.scale] ?? arguments[Self.deviation] { options.scale = scale }
    if let mode = arguments[Self.resize] { options.resizeMode = mode }
    if let side = arguments[Self.shortestSide] { options.shortestSide = side }
    if let filter = arguments[Self.interpolation] { options.interpolation = filter }
    if let orientation = arguments[Self.orientation] { options.orientation = orientation }
    guard arguments[Self.shortestSide] == nil || options.resizeMode == .crop else {
      throw TesseraError(
        .invalidUsage,
        "option '--shortest-side' contradicts '--resize stretch', which the plan stores")
    }
    return defaults == nil && options == ImageOptions() ? nil : options
  }
}
