import GraphIR
import TensorFiles
import Tensors

/// Where the weights of a graph come from whose weights are inputs.
public enum WeightSource: Sendable, Equatable {
  /// A `.safetensors`, `.npz` or ONNX file, whose tensors bind to inputs by name, or a `.caffemodel`,
  /// whose layers bind to inputs `LAYER_weight` and `LAYER_bias`. The names of torchvision's and Keras' VGG
  /// networks bind to those of `Graphs`; `map` is a file that says which entry each input takes
  /// (`Docs/exports.md`).
  case file(path: String, map: String? = nil)
  /// Numbers that depend on the seed, the distribution and the inputs' names alone, the same on every machine;
  /// see `Docs/random-weights.md`.
  case random(seed: UInt64, WeightDistribution = .he)

  /// `random:SEED`, `random:SEED,he`, `random:SEED,glorot`, `random:SEED,normal=VARIANCE` or the path of a file.
  ///
  /// - Throws: `TesseraError` if what follows `random:` is none of these, with a seed from 0 to 2⁶⁴ − 1.
  public init(argument: String) throws(TesseraError) {
    let prefix = "random:"
    guard argument.hasPrefix(prefix) else {
      self = .file(path: argument)
      return
    }
    let parts = argument.dropFirst(prefix.count).split(
      separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
    guard let seed = UInt64(parts[0]) else {
      throw TesseraError(
        .invalidUsage, "expected random:SEED with a whole number, found '\(argument)'")
    }
    guard parts.count > 1 else {
      self = .random(seed: seed)
      return
    }
    guard let distribution = WeightDistribution(argument: parts[1]) else {
      throw TesseraError(
        .invalidUsage,
        "expected he, glorot or normal=VARIANCE after the seed, found '\(argument)'")
    }
    self = .random(seed: seed, distribution)
  }
}

/// The tensors by name of a weight file that is not Caffe's.
struct WeightFile {
  let names: [String]
  /// What a `.safetensors` file says of itself.
  private(set) var metadata: [String: String] = [:]
  private let read: (String) throws(TesseraError) -> Tensor?
  /// The type of an entry whose elements are not at hand; nil where `read` costs nothing.
  private let readType: ((String) throws(TesseraError) -> (ElementType, Shape)?)?

  /// Opens the file at `path`; its extension says what it is, of a pipe the content.
  init(path: String) throws(TesseraError) {
    switch try Self.format(ofFile: path) {
    case .safetensors:
      let file = try SafetensorsFile(path: path)
      (names, metadata) = (file.names, file.metadata)
      read = { (name) throws(TesseraError) in try file.tensor(named: name) }
      readType = nil
    case .npz:
      let file = try NPZFile(path: path)
      names = file.names
      read = { (name) throws(TesseraError) in try file.tensor(named: name) }
      readType = { (name) throws(TesseraError) in try file.type(ofTensor: name) }
    case .model:
      let constants = try ModelReader.readConstants(path: path)
      names = constants.names
      read = { (name) throws(TesseraError) in
        do throws(TesseraError) {
          return try constants.tensor(named: name)
        } catch {
          throw error.inFile(path)
        }
      }
      readType = nil
    }
  }

  private enum Format { case safetensors, npz, model }

  private static func format(ofFile path: String) throws(TesseraError) -> Format {
    let formats: [(suffix: String, format: Format)] = [
      (".safetensors", .safetensors), (".npz", .npz), (".onnx", .model), (".onnxtxt", .model),
    ]
    if let known = formats.first(where: { path.hasSuffix($0.suffix) }) { return known.format }
    let file = try MappedFile(path: path)
    let home = FileKind.home(of: file.bytes)
    if file.isPipe {
      if home?.contains(.safetensors) == true { return .safetensors }
      if home?.contains(.npz) == true { return .npz }
      if home == nil { return .model }
    }
    do throws(TesseraError) {
      try ExpectedFile.weights.require(file.bytes)
    } catch { throw error.inFile(path) }
    throw TesseraError(
      .invalidUsage,
      "expected weights in a .safetensors, .npz, .onnx or .caffemodel file, or random:SEED"
    ).inFile(path)
  }

  /// The type of the tensor called `name`, without its elements; nil if there is none.
  func type(ofTensor name: String) throws(TesseraError) -> (elementType: ElementType, shape: Shape)?
  {
    if let readType { return try readType(name) }
    return try read(name).map { ($0.elementType, $0.shape) }
  }

  /// The tensor called `name`; nil if there is none.
  func tensor(named name: String) throws(TesseraError) -> Tensor? {
    try read(name)
  }
}

extension WeightSource {
  /// What a `.safetensors` file says of itself; empty of all others.
  package func metadata() throws(TesseraError) -> [String: String] {
    guard case .file(let path, _) = self, !path.hasSuffix(".caffemodel") else { return [:] }
    return try WeightFile(path: path).metadata
  }
}
