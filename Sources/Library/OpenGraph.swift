import GraphIR
import Passes
import Tensors

/// A model's graph, rewritten while its shapes are open: what all input shapes have in common, folded
/// weights among it.
struct OpenGraph {
  private(set) var context: PassContext
  /// What is odd about the model, whatever the shapes.
  let warnings: [Diagnostic]
  private let graph: Graph

  init(_ model: Model, isDense: Bool) throws(TesseraError) {
    var graph = model.graph
    context = PassContext(opsetVersion: model.opsetVersion)
    warnings = try graph.inferModelTypes(opsetVersion: model.opsetVersion)
    try (isDense ? PassPipeline.dense : .open).run(on: &graph, context: &context)
    self.graph = graph
  }

  /// The types of the inputs by name, in order.
  var inputs: [(name: String, type: TensorType)] {
    graph.inputs.compactMap { name in graph.types[name].map { (name, $0) } }
  }

  /// The image input whose size dense evaluation opened.
  var nominalImage: NominalImage? { context.nominalImage }

  /// The graph for inputs of these shapes by name, rewritten once more.
  ///
  /// - Throws: `TesseraError` if a shape does not fit.
  mutating func bound(to shapes: [String: [Int]]) throws(TesseraError) -> Graph {
    if let nominalImage, let shape = shapes[nominalImage.input] {
      try nominalImage.requireCovered(by: shape)
    }
    var graph = graph
    try graph.bindDimensions(shapes)
    try graph.inferTypes(opsetVersion: context.opsetVersion)
    try PassPipeline.standard.run(on: &graph, context: &context)
    return graph
  }

  /// `requests`, or one without shapes if there are none, with the shapes that nobody asks for: every
  /// open first extent becomes 1, and an open image has its own size.
  ///
  /// - Throws: `TesseraError` if two are the same.
  func completed(_ requests: [[String: [Int]]]) throws(TesseraError) -> [[String: [Int]]] {
    var completed: [[String: [Int]]] = []
    var seen: Set<[String: [Int]]> = []
    for var request in requests.isEmpty ? [[:]] : requests {
      let batches = extents(in: request)
      for (input, type) in inputs where request[input] == nil {
        request[input] = defaultShape(of: input, type, batches)
      }
      guard seen.insert(request).inserted else {
        throw TesseraError(.invalidUsage, "two variants are asked for with the same shapes")
      }
      completed.append(request)
    }
    return completed
  }

  /// The graph for the shapes that nobody has to ask for, where they are known; else the first of `graphs`,
  /// which are bound to `requests`.
  mutating func smallest(
    _ graphs: [Graph], _ requests: [[String: [Int]]]
  ) throws(TesseraError) -> Graph {
    let shapes = try completed([])[0]
    guard try completed(requests)[0] != shapes else { return graphs[0] }
    guard let graph = try? bound(to: shapes), graph.hasFixedInputs else { return graphs[0] }
    return graph
  }

  /// Nil if the input has its shape from the model, or extents stay open.
  private func defaultShape(
    of input: String, _ type: TensorType, _ extents: [Dimension: Int]
  ) -> [Int]? {
    guard var dimensions = type.dimensions, let first = dimensions.first else { return nil }
    if let nominalImage, nominalImage.input == input {
      dimensions.replaceSubrange(
        2..<4, with: [.fixed(nominalImage.height), .fixed(nominalImage.width)])
    }
    if first.value == nil { dimensions[0] = .fixed(extents[first] ?? 1) }
    return dimensions == type.dimensions ? nil : dimensions.fixedValues
  }

  /// The extents that the requested shapes give to symbols, each by the first input that has it.
  private func extents(in request: [String: [Int]]) -> [Dimension: Int] {
    var result: [Dimension: Int] = [:]
    for (input, type) in inputs {
      for (dimension, extent) in zip(type.dimensions ?? [], request[input] ?? []) {
        guard case .symbol = dimension, result[dimension] == nil else { continue }
        result[dimension] = extent
      }
    }
    return result
  }
}
