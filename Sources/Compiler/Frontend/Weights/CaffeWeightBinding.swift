import GraphIR
import Tensors

extension Graph {
  /// Makes constants of the weight inputs, which are called `LAYER_weight` and `LAYER_bias`, from the first
  /// and the second blob of each layer. As in Caffe, layers match by name, and the number and the shapes of
  /// a layer's blobs must be those of the network.
  ///
  /// - Returns: Warnings: the layers of the file that the network does not have.
  /// - Throws: `TesseraError` with all layers that have no blobs in the file, or blobs of another number or
  ///   shape.
  mutating func bindWeights(
    from file: CaffeWeightFile, path: String
  ) throws(TesseraError) -> [Diagnostic] {
    let roles = weightInputs()
    var problems = ProblemList()
    var layers: [String] = []
    var wanted: [String: [Int: String]] = [:]
    for input in inputs + defaults {
      let place = blobPlace(ofInput: input)
      if let place, roles[input] != nil || file.hasBlobs(ofLayer: place.layer) {
        if wanted[place.layer] == nil { layers.append(place.layer) }
        wanted[place.layer, default: [:]][place.index] = input
      } else if roles[input] != nil {
        problems.add(
          TesseraError(
            .invalidInput,
            "expected an input called LAYER_weight or LAYER_bias, as weights from Caffe bind",
            at: .value(input)))
      }
    }
    let missing = layers.filter { !file.hasBlobs(ofLayer: $0) }
    let unwanted = file.layers.filter { wanted[$0] == nil }
    let isSummarized = missing.count > MissingWeights.largestCount
    if isSummarized {
      let found = unwanted.isEmpty ? "no other layers" : MissingWeights.first(of: unwanted)
      problems.add(
        TesseraError(
          .invalidInput,
          "\(missing.count) of \(layers.count) layers have no blobs in the file: expected "
            + "\(MissingWeights.first(of: missing)), found \(found)"
        ).inFile(path))
    }
    for layer in layers where !isSummarized || file.hasBlobs(ofLayer: layer) {
      do throws(TesseraError) {
        try bind(
          wanted[layer] ?? [:], to: try file.blobs(ofLayer: layer) ?? [], ofLayer: layer)
      } catch {
        problems.add(error.inFile(path))
      }
    }
    inputs.removeAll { constants[$0] != nil }

    let warnings = unwanted.map {
      Diagnostic("the network has no such layer", file: path, at: .layer($0))
    }
    if problems.error != nil, !isSummarized { problems.add(.invalidInput, warnings) }
    try problems.throwIfAny()
    return warnings
  }

  /// Binds the inputs of one layer, by the index of their blob.
  private mutating func bind(
    _ inputs: [Int: String], to blobs: [CaffeBlob], ofLayer layer: String
  ) throws(TesseraError) {
    let count = (inputs.keys.max() ?? -1) + 1
    guard blobs.count == count else {
      throw TesseraError(
        .invalidInput,
        blobs.isEmpty
          ? "the layer has no blobs in the file"
          : "expected \(count) \(count == 1 ? "blob" : "blobs"), found \(blobs.count)",
        at: .layer(layer))
    }
    var problems: [Diagnostic] = []
    for (index, input) in inputs.sorted(by: { $0.key < $1.key }) {
      guard let type = inputType(of: input), let dimensions = type.dimensions else { continue }
      if type.elementType.isFloatingPoint, let tensor = blobs[index].tensor(fitting: dimensions) {
        let converted = try tensor.converted(to: type.elementType)
        if let problem = tensor.overflow(in: converted) {
          problems.append(Diagnostic("blob \(index): \(problem)", at: .layer(layer)))
        }
        bind(input, to: converted)
      } else {
        problems.append(
          Diagnostic(
            "blob \(index): expected \(type), found shape \(blobs[index].tensor.shape)",
            at: .layer(layer)))
      }
    }
    if let error = TesseraError(.invalidInput, diagnostics: problems) { throw error }
  }

  /// The layer and the blob that an input's name stands for.
  private func blobPlace(ofInput name: String) -> (layer: String, index: Int)? {
    for (index, suffix) in ["_weight", "_bias"].enumerated() where name.hasSuffix(suffix) {
      return (String(name.dropLast(suffix.count)), index)
    }
    return nil
  }
}
