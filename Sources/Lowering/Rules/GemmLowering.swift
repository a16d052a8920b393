import CPUKernels
import GraphIR
import KernelInterface
import Tensors

extension LoweringRule {
  /// `tessera.Gemm` → one `fully-connected` step. Where the input is a flattened image that its
  /// producer stores in blocks, the weights are packed in that order and the image is read as it is.
  static let fusedGemm = LoweringRule(
    "Gemm", domain: "tessera",
    demands: { node, context throws(TesseraError) in
      guard
        let image = flattenedImage(
          node.inputs[0], in: context.graph, laneCount: context.laneCount)
      else { return [] }
      return [blockedDemand(image, laneCount: context.laneCount)]
    },
    lower: { node, builder throws(TesseraError) in
      let parameters = try FusedGemmParameters(
        node, in: builder.graph, opsetVersion: builder.opsetVersion)
      let weights = try constantInput(1, of: node, in: builder.graph)
      let bias = try optionalConstantInput(2, of: node, in: builder.graph)
      let outputCount = parameters.transB ? weights.shape[0] : weights.shape[1]
      let inputShape = try builder.shape(of: node.inputs[0])

      var descriptor = FullyConnectedDescriptor()
      descriptor.outputCount = outputCount
      descriptor.rowCount = inputShape.dimensions.dropLast().reduce(1, *)
      descriptor.inputCount = inputShape.dimensions.last ?? 1
      descriptor.weightType = builder.options.weightType
      descriptor.activation = Activation(parameters.activation)
      let input: OperandDraft
      var inputOrder: ImageLayout?
      if let image = flattenedImage(
        node.inputs[0], in: builder.graph, laneCount: builder.laneCount)
      {
        let stored = try builder.image(blockedDemand(image, laneCount: builder.laneCount))
        var order = stored.layout
        order.batch = 1
        inputOrder = order.isDense ? nil : order
        descriptor.inputCount = order.imageStride
        input = stored.operand
      } else {
        input = try builder.dense(node.inputs[0])
      }

      let isTransposed = parameters.transB
      let order = inputOrder
      let packed = descriptor
      let orderName = order.map { "\($0.channels)x\($0.height)x\($0.width)" } ?? "dense"
      let name = node.inputs[1]
      let operand = builder.weight(
        name: name, sources: [weights],
        packing:
          "fully-connected, \(descriptor.weightType), \(builder.laneCount) lanes, transposed \(isTransposed), order \(orderName)",
        byteCount: try descriptor.packedWeightsByteCount(), panelCount: descriptor.panelCount
      ) { (destination, panels) throws(TesseraError) in
        try weights.withUnsafeBytes { (bytes) throws(TesseraError) in
          guard let values = bytes.baseAddress, let start = destination.baseAddress else { return }
          do throws(TesseraError) {
            try packed.packWeights(
              from: values, transposed: isTransposed, inputOrder: order,
              into: start + packed.packedByteOffset(ofPanel: panels.lowerBound), panels: panels)
          } catch {
            throw error.at(.value(name))
          }
        }
      }
      let biasOperand = biasWeight(
        bias, outputCount: outputCount, laneCount: builder.laneCount,
        name: bias == nil ? "\(node.inputs[1]).bias" : node.inputs[2], &builder)
      let output = try builder.defineDense(node.outputs[0])
      let scratch = builder.newBuffer(
        byteCount: try FullyConnectedTiling(descriptor).packedRowsByteCount())
      try builder.append(
        descriptor, name: node.displayName,
        operands: [input, operand, biasOperand, output, scratch])
    })
}

private func blockedDemand(_ image: String, laneCount: Int) -> ImageDemand {
  ImageDemand(value: image, channelBlock: laneCount, needsExactBorder: true)
}

/// The image batch that `value` is the flattened rows of, if a node of ours makes it in blocks: a
/// `Flatten` or `Reshape` from `[N, C, H, W]` to `[N, C·H·W]`.
private func flattenedImage(_ value: String, in graph: Graph, laneCount: Int) -> String? {
  guard let view = graph.nodes.first(where: { $0.outputs.contains(value) }),
    ["Flatten", "Reshape"].contains(view.operatorName),
    let image = graph.type(of: view.inputs[0])?.shape, image.rank == 4,
    let rows = graph.type(of: value)?.shape, rows.rank == 2, rows[0] == image[0],
    let producer = graph.nodes.first(where: { $0.outputs.contains(view.inputs[0]) }),
    LoweringRule.writesBlocks(producer)
  else { return nil }
  return view.inputs[0]
}
