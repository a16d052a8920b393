import ExecutionPlan
import Tensors
import TesseraRuntime

/// How images become inputs, whatever size the input has. Stored in plans, so that a plan knows how
/// its network was trained to see.
public struct ImageOptions: Sendable, Equatable {
  /// The order of the channels. Networks with one channel take `gray`.
  public var color = Preprocessing.ColorOrder.rgb
  /// How an image of another size is made to fit.
  public var resizeMode = Preprocessing.ResizeMode.crop
  /// The filter for resizing.
  public var interpolation = Interpolation.bilinear
  /// For `crop`: the shorter side after scaling, in pixels; nil takes the input's larger side.
  public var shortestSide: Int?
  /// Subtracted from samples of 0 to 255: one value, or one a channel in the order of `color`; nil
  /// subtracts nothing.
  public var mean: [Float]?
  /// Multiplied afterwards: one factor, or one a channel; nil multiplies by nothing.
  public var scale: [Float]?
  /// Which way up image files are read.
  public var orientation = OrientationSource.exif

  /// Samples from 0 to 255 as they are, in RGB.
  public init() {}

  /// False if samples are left as they are only because nobody said what the network expects.
  public var statesNormalization: Bool { mean != nil || scale != nil }

  /// The preprocessing for an input of shape `[N, C, H, W]`.
  ///
  /// - Throws: `TesseraError` if the input is not an image or its channels do not fit `color`.
  public func preprocessing(for input: TensorSpecification) throws(TesseraError) -> Preprocessing {
    let shape = input.shape
    guard input.elementType == .float32, shape.rank == 4, [1, 3].contains(shape[1]) else {
      throw TesseraError(
        .invalidInput,
        "the input is \(input.elementType.onnxName) \(shape), not an image batch: expected float Nx1xHxW or Nx3xHxW",
        at: .value(input.name))
    }
    let color = shape[1] == 1 && color == .rgb ? .gray : color
    guard color.channelCount == shape[1] else {
      throw TesseraError(
        .invalidUsage,
        "the input has \(shape[1]) channels, color order \(color) has \(color.channelCount)",
        at: .value(input.name))
    }
    return try Preprocessing(
      width: shape[3], height: shape[2], color: color, resizeMode: resizeMode,
      shortestSide: shortestSide, interpolation: interpolation, mean: mean ?? [0],
      scale: scale ?? [1], orientation: orientation)
  }
}

extension ImageOptions {
  private static let keyPrefix = "image."

  /// What a plan stores of these options: floats as the hexadecimal of their bits, which is exact; what
  /// nobody said is empty.
  package var metadata: [MetadataEntry] {
    func bits(_ values: [Float]?) -> String {
      (values ?? []).map { String($0.bitPattern, radix: 16) }.joined(separator: ",")
    }
    let fields = [
      ("color", "\(color)"), ("resize", "\(resizeMode)"), ("interpolation", "\(interpolation)"),
      ("shortest-side", shortestSide.map(String.init) ?? ""), ("mean", bits(mean)),
      ("scale", bits(scale)), ("orient", orientation.rawValue),
    ]
    return fields.map { MetadataEntry(key: Self.keyPrefix + $0.0, value: $0.1) }
  }

  /// What a plan or a file stores as `metadata`; nil if it stores no options.
  ///
  /// - Parameters:
  ///   - owner: what stores it, for errors, such as "plan".
  ///   - value: gives the value of a key, nil if there is none.
  /// - Throws: `TesseraError` if what it stores is damaged.
  package init?(
    metadataOf owner: String, _ value: (String) -> String?
  ) throws(TesseraError) {
    guard value(Self.keyPrefix + "color") != nil else { return nil }
    func field<Value>(
      _ name: String, _ parse: (String) -> Value?
    ) throws(TesseraError) -> Value {
      let text = value(Self.keyPrefix + name) ?? ""
      guard let value = parse(text) else {
        throw TesseraError(.invalidInput, "the \(owner)'s image option '\(name)' is '\(text)'")
      }
      return value
    }
    func floats(_ text: String) -> [Float]?? {
      if text.isEmpty { return .some(nil) }
      let values = text.split(separator: ",").map { UInt32($0, radix: 16) }
      guard !values.contains(nil) else { return nil }
      return values.compactMap { $0 }.map { Float(bitPattern: $0) }
    }
    func named<Case: CaseIterable>(_ text: String) -> Case? {
      Case.allCases.first { "\($0)" == text }
    }
    color = try field("color", named)
    resizeMode = try field("resize", named)
    interpolation = try field("interpolation", named)
    shortestSide = try field("shortest-side") {
      $0.isEmpty ? .some(nil) : Int($0).map { .some($0) }
    }
    mean = try field("mean", floats)
    scale = try field("scale", floats)
    orientation = try field("orient", OrientationSource.init(rawValue:))
  }
}

extension Plan {
  /// How images become this plan's inputs, as it was told when it was compiled; nil if it was not.
  public func imageOptions() throws(TesseraError) -> ImageOptions? {
    try ImageOptions(metadataOf: "plan", metadata)
  }
}
