import Differentiation
import GraphIR
import Tensors

/// A classifier in training: its model with one image input and what of its constants is trained.
struct TrainedNetwork {
  /// The model, whose weights are its first ones or lie where they are trained.
  private(set) var model: Model
  /// The image input, of shape `[N, C, H, W]`.
  let input: String
  /// Extents of one image.
  let imageExtents: [Int]
  /// Constants that are trained, in the order of the model.
  let trained: [String]

  /// - Parameters:
  ///   - imageSize: rows and columns where the model leaves them open.
  ///   - isFrozen: says of a constant's name that it keeps its value.
  /// - Throws: `TesseraError` if the network has not one image input, or if nothing is left to train.
  init(
    _ network: Network, imageSize: (height: Int, width: Int)? = nil,
    isFrozen: (String) -> Bool = { _ in false }
  ) throws(TesseraError) {
    model = network.model
    let graph = model.graph
    guard graph.inputs.count == 1, let type = graph.types[graph.inputs[0]],
      type.elementType == .float32, let dimensions = type.dimensions, dimensions.count == 4,
      let channels = dimensions[1].value
    else {
      let inputs = graph.inputs.map { "'\($0)' \(graph.types[$0].map(\.description) ?? "")" }
      throw TesseraError(
        .invalidInput,
        "training needs a network with one input, images float [N, C, H, W], and its weights bound, but the inputs are "
          + "\(inputs.joined(separator: ", "))")
    }
    input = graph.inputs[0]
    let extents = [
      channels, dimensions[2].value ?? imageSize?.height, dimensions[3].value ?? imageSize?.width,
    ]
    let known = extents.compactMap { $0 }
    guard known.count == 3 else {
      throw TesseraError(
        .invalidInput, "the model leaves the size of its images open, and none was given",
        at: .value(input))
    }
    imageExtents = known
    trained = graph.weights.filter { !isFrozen($0) }
    guard !trained.isEmpty else {
      throw TesseraError(.invalidUsage, "no constant of the network is left to train")
    }
    if let other = trained.first(where: { graph.constants[$0]?.elementType != .float32 }) {
      throw TesseraError(
        .unsupported,
        "training needs weights of float32, but this is \(graph.constants[other]?.elementType.onnxName ?? "")",
        at: .value(other))
    }
  }

  /// Has the constants that `memory` holds lie there, so that their first values take no memory any more.
  mutating func keepWeights(in memory: KeptMemory) {
    for entry in memory.layout.entries { model.graph.constants[entry.name] = memory.view(entry) }
  }

  /// The graph for `count` images, its types inferred.
  func graph(imageCount count: Int) throws(TesseraError) -> Graph {
    var graph = model.graph
    _ = graph.removeUnused()
    try graph.bindDimensions([input: [count] + imageExtents])
    try graph.inferTypes(opsetVersion: model.opsetVersion)
    return graph
  }
}

extension Graph {
  /// Makes inputs of constants.
  mutating func openConstants(_ names: [String]) {
    for name in names {
      guard let tensor = constants[name] else { continue }
      types[name] = TensorType(of: tensor)
      inputs.append(name)
    }
    let opened = Set(names)
    constants.removeAll { opened.contains($0) }
    defaults.removeAll { opened.contains($0) }
  }
}
