import GraphIR
import KernelInterface
import Tensors

extension LoweringRule {
  /// `MaxPool` → `pool` in channel blocks.
  static let maxPool = LoweringRule(
    "MaxPool", writesBlocks: alwaysWritesBlocks, demands: demandBlocks,
    lower: { node, builder throws(TesseraError) in
      let parameters = try PoolParameters(
        node, in: builder.graph, opsetVersion: builder.opsetVersion)
      try lowerPool(node, .max, parameters, &builder)
    })

  /// `AveragePool` → `pool` in channel blocks.
  static let averagePool = LoweringRule(
    "AveragePool", writesBlocks: alwaysWritesBlocks, demands: demandBlocks,
    lower: { node, builder throws(TesseraError) in
      let parameters = try PoolParameters(
        node, in: builder.graph, opsetVersion: builder.opsetVersion)
      try lowerPool(node, .average, parameters, &builder)
    })
}

/// A node that reads its first input in channel blocks, without needing a border.
@Sendable func demandBlocks(_ node: Node, _ context: LoweringContext) -> [ImageDemand] {
  [ImageDemand(value: node.inputs[0], channelBlock: context.laneCount)]
}

private func lowerPool(
  _ node: Node, _ reduction: PoolDescriptor.Reduction, _ parameters: PoolParameters,
  _ builder: inout PlanBuilder
) throws(TesseraError) {
  var descriptor = PoolDescriptor()
  descriptor.reduction = reduction
  descriptor.window = SlidingWindow(
    kernel: (parameters.kernel[0], parameters.kernel[1]),
    stride: (parameters.strides[0], parameters.strides[1]),
    dilation: (parameters.dilations[0], parameters.dilations[1]),
    pad: (parameters.padsBegin[0], parameters.padsBegin[1]))
  descriptor.padBottom = parameters.padsEnd[0]
  descriptor.padRight = parameters.padsEnd[1]
  descriptor.countsPadding = parameters.countsPadding
  try appendPool(descriptor, node, &builder)
}

private func appendPool(
  _ pool: PoolDescriptor, _ node: Node, _ builder: inout PlanBuilder
) throws(TesseraError) {
  let input = try builder.image(
    ImageDemand(value: node.inputs[0], channelBlock: builder.laneCount))
  let output = try builder.defineImage(node.outputs[0], channelBlock: builder.laneCount)
  var descriptor = pool
  descriptor.input = input.layout
  descriptor.output = output.layout
  let operands =
    try NodeEpilogue(node, in: builder.graph)?.addBlocked(to: &descriptor.epilogue, &builder) ?? []
  try builder.append(
    descriptor, name: node.displayName, operands: [input.operand, output.operand] + operands)
}
