import GraphIR
import KernelInterface
import Tensors

extension LoweringRule {
  /// `Relu` that no step before it could take → `convert-layout` with an activation.
  static let relu = LoweringRule(
    "Relu", demands: demandProducersLayout,
    lower: { node, builder throws(TesseraError) in try lowerActivation(node, .relu, &builder) })

  /// `Clip` with constant bounds → `convert-layout` with an activation.
  static let clip = LoweringRule(
    "Clip", demands: demandProducersLayout,
    lower: { node, builder throws(TesseraError) in
      let parameters = try ClipParameters(
        node, in: builder.graph, opsetVersion: builder.opsetVersion)
      let activation = Activation(
        .clamp, low: parameters.min ?? -.infinity, high: parameters.max ?? .infinity)
      try lowerActivation(node, activation, &builder)
    })
}

@Sendable private func demandProducersLayout(
  _ node: Node, _ context: LoweringContext
) -> [ImageDemand] {
  isBlockedInput(node, context.producers) ? demandBlocks(node, context) : []
}

/// True if the node's input is an image batch that its producer stores in channel blocks.
func isBlockedInput(_ node: Node, _ producers: ValueProducers) -> Bool {
  producers[node.inputs[0]].map(LoweringRule.writesBlocks) ?? false
}

private func lowerActivation(
  _ node: Node, _ activation: Activation, _ builder: inout PlanBuilder
) throws(TesseraError) {
  try requireFloat32(node, builder)
  var descriptor = ConvertLayoutDescriptor()
  descriptor.activation = activation
  if isBlockedInput(node, builder.producers) {
    let input = try builder.image(
      ImageDemand(value: node.inputs[0], channelBlock: builder.laneCount))
    let output = try builder.defineImage(node.outputs[0], channelBlock: builder.laneCount)
    descriptor.input = input.layout
    descriptor.output = output.layout
    try builder.append(
      descriptor, name: node.displayName, operands: [input.operand, output.operand])
  } else {
    let elementCount = try builder.shape(of: node.inputs[0]).elementCount
    descriptor.input = ImageLayout(batch: 1, channels: 1, height: 1, width: elementCount)
    descriptor.output = descriptor.input
    let input = try builder.dense(node.inputs[0])
    try builder.append(
      descriptor, name: node.displayName,
      operands: [input, try builder.defineDense(node.outputs[0])])
  }
}

/// Arithmetic at run time is float32.
func requireFloat32(_ node: Node, _ builder: PlanBuilder) throws(TesseraError) {
  for input in node.inputs where !input.isEmpty {
    let type = try builder.elementType(of: input)
    guard type == .float32 else {
      throw TesseraError(
        .unsupported, "arithmetic on \(type.onnxName) at run time is not supported, only on float")
    }
  }
}
