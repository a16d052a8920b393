import GraphIR
import Tensors

extension LoweringRule {
  /// `tessera.Gemm` → one `fully-connected` step. Where the input is a flattened image that its
  /// producer stores in blocks, the weights are packed in that order and the image is read as it is.
  static let fusedGemm = LoweringRule(
    "Gemm", domain: "tessera",
    demands: { node, context throws(TesseraError) in
      guard
        let image = flattenedImage(
          node.inputs[0], in: context.graph, context.producers, context.blockedValues)
      else { return [] }
      return [blockedDemand(image, laneCount: context.laneCount)]
    },
    lower: { node, builder throws(TesseraError) in
      let parameters = try FusedGemmParameters(
        node, in: builder.graph, opsetVersion: builder.opsetVersion)
      let layer = try FullyConnectedLayer(node, parameters, in: builder.graph)
      let shape = try builder.shape(of: node.inputs[0])
      let rowCount = shape.dimensions.dropLast().reduce(1, *)
      let rows: FullyConnectedLayer.Rows
      if let image = flattenedImage(
        node.inputs[0], in: builder.graph, builder.producers, builder.blockedValues)
      {
        let stored = try builder.image(blockedDemand(image, laneCount: builder.laneCount))
        rows = .init(operand: stored.operand, count: rowCount, order: stored.layout)
      } else {
        rows = .init(
          operand: try builder.dense(node.inputs[0]), count: rowCount,
          elementCount: shape.dimensions.last ?? 1)
      }
      try layer.append(rows, output: try builder.defineDense(node.outputs[0]), &builder)
    })
}

private func blockedDemand(_ image: String, laneCount: Int) -> ImageDemand {
  ImageDemand(value: image, channelBlock: laneCount, needsExactBorder: true)
}

/// The image batch that `value` is the flattened rows of, if a node of ours makes it in blocks: a
/// `Flatten` or `Reshape` from `[N, C, H, W]` to `[N, C·H·W]`.
private func flattenedImage(
  _ value: String, in graph: Graph, _ producers: ValueProducers, _ blocked: BlockedValues
) -> String? {
  guard let view = producers[value],
    ["Flatten", "Reshape"].contains(view.operatorName),
    let image = graph.type(of: view.inputs[0])?.shape, image.rank == 4,
    let rows = graph.type(of: value)?.shape, rows.rank == 2, rows[0] == image[0],
    blocked.contains(view.inputs[0])
  else { return nil }
  return view.inputs[0]
}
