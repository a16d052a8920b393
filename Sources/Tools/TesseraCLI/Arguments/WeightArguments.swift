import Tessera

/// The options that say where weights come from, of every command that reads models.
enum WeightArguments {
  static let weights = Option<WeightSource>(
    "weights", "W", completion: .weights,
    help:
      "Bind weights by name from .safetensors, .npz, .onnx or .caffemodel, or make random:SEED ones"
  ) { (text) throws(TesseraError) in try WeightSource(argument: text) }
  static let map = Option(
    "weights-map", "FILE", completion: .anyFile,
    help: "Bind entries of other names, by lines INPUT ENTRY [HWIO|IO|7x7xIO]")

  static let declarations = [weights.declaration, map.declaration]

  /// Every `--weights`, with the map if there is one.
  ///
  /// - Throws: `invalidUsage` for a map without a file that it is for.
  static func sources(_ arguments: ParsedArguments) throws(TesseraError) -> [WeightSource] {
    let sources = arguments.all(weights)
    guard let map = arguments[map] else { return sources }
    var mapped: [WeightSource] = []
    for source in sources {
      guard case .file(let path, _) = source else { continue }
      mapped.append(.file(path: path, map: map))
    }
    guard !sources.isEmpty, mapped.count == sources.count else {
      throw TesseraError(.invalidUsage, "option '--weights-map' needs '--weights' with a file")
    }
    return mapped
  }

  /// The last of them; nil if there is none.
  static func source(_ arguments: ParsedArguments) throws(TesseraError) -> WeightSource? {
    try sources(arguments).last
  }
}
