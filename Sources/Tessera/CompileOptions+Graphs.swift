import GraphIR
import Passes
import Tensors

extension CompileOptions {
  /// The graph of each variant, rewritten and with all shapes fixed.
  func specializedGraphs(
    of model: Model, _ context: inout PassContext
  ) throws(TesseraError) -> [Graph] {
    report("reading the graph", 0)
    var shared = model.graph
    try shared.inferTypes(opsetVersion: model.opsetVersion)
    report("rewriting the graph", 0.02)
    try (isDense ? PassPipeline.dense : .standard).run(on: &shared, context: &context)

    var graphs: [Graph] = []
    for shapes in try requestedShapes(of: shared, context.nominalImage) {
      var graph = shared
      try graph.bindDimensions(shapes)
      try graph.inferTypes(opsetVersion: model.opsetVersion)
      try PassPipeline.standard.run(on: &graph, context: &context)
      graphs.append(graph)
    }
    return graphs
  }

  func report(_ stage: String, _ fraction: Double) {
    onProgress?(CompileProgress(stage: stage, fraction: fraction))
  }

  /// The shapes of each variant, with every open first extent set to 1 where nothing else is asked.
  fileprivate func requestedShapes(
    of graph: Graph, _ image: NominalImage?
  ) throws(TesseraError) -> [[String: [Int]]] {
    var requests = shapes.isEmpty ? [[:]] : shapes
    for index in requests.indices {
      for input in graph.inputs where requests[index][input] == nil {
        guard var dimensions = graph.types[input]?.dimensions, let first = dimensions.first
        else { continue }
        if let image, image.input == input {
          dimensions.replaceSubrange(2..<4, with: [.fixed(image.height), .fixed(image.width)])
        } else if first.value != nil {
          continue
        }
        if first.value == nil {
          dimensions[0] = .fixed(batch(of: first, in: graph, shapes: requests[index]))
        }
        let extents = dimensions.compactMap(\.value)
        if extents.count == dimensions.count { requests[index][input] = extents }
      }
      if let image, let shape = requests[index][image.input] {
        try image.requireCovered(by: shape)
      }
      guard !requests[..<index].contains(requests[index]) else {
        throw TesseraError(.invalidUsage, "two variants are asked for with the same shapes")
      }
    }
    return requests
  }

  /// The extent that another input's requested shape gives to the same symbol, else 1.
  private func batch(
    of dimension: Dimension, in graph: Graph, shapes: [String: [Int]]
  ) -> Int {
    guard case .symbol = dimension else { return 1 }
    for (input, extents) in shapes {
      guard let dimensions = graph.types[input]?.dimensions else { continue }
      for (other, extent) in zip(dimensions, extents) where other == dimension { return extent }
    }
    return 1
  }
}
