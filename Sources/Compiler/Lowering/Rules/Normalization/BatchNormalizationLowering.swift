import GraphIR
import KernelInterface
import Tensors

extension LoweringRule {
  /// `BatchNormalization` that could not be folded → `channel-affine` with
  /// `scale = γ / √(variance + ε)`, `shift = β − mean · scale`, computed in Float64.
  static let batchNormalization = LoweringRule(
    "BatchNormalization", writesBlocks: writesBlocksLikeInput, demands: demandBlocksLikeInput,
    lower: { node, builder throws(TesseraError) in
      try requireFloat32(node, builder)
      let epsilon = try BatchNormalizationParameters(
        node, in: builder.graph, opsetVersion: builder.opsetVersion
      ).epsilon
      var constants: [Tensor] = []
      for index in 1...4 {
        constants.append(try constantInput(index, of: node, in: builder.graph))
      }
      let affine = channelAffine(constants.map { $0.values(as: Float.self) ?? [] }, epsilon)

      let isBlocked = builder.blockedValues.contains(node.inputs[0])
      let (input, output) = try operands(of: node, isBlocked: isBlocked, &builder)
      var descriptor = ChannelAffineDescriptor()
      descriptor.input = input.layout
      descriptor.output = output.layout
      let channelCount = aligned(input.layout.channels, to: input.layout.channelBlock)
      let sources = constants
      func operand(_ values: [Float], _ part: String) -> OperandDraft {
        builder.weight(
          name: "\(node.inputs[1]).\(part)", sources: sources,
          packing: "batch normalisation \(part), ε \(epsilon), \(channelCount) channels",
          byteCount: channelCount * MemoryLayout<Float>.size
        ) { (destination, _) throws(TesseraError) in
          values.withUnsafeBytes { destination.copyMemory(from: $0) }
        }
      }
      let scale = operand(affine.scale, "scale")
      let shift = operand(affine.shift, "shift")
      try builder.append(
        descriptor, name: node.displayName,
        operands: [input.operand, output.operand, scale, shift])
    })
}

/// Inputs of other ranks than 4 are read as `[N, C, 1, rest]`.
private func operands(
  of node: Node, isBlocked: Bool, _ builder: inout PlanBuilder
) throws(TesseraError) -> (input: StoredImage, output: StoredImage) {
  if isBlocked {
    let demand = ImageDemand(value: node.inputs[0], channelBlock: builder.laneCount)
    return (
      try builder.image(demand),
      try builder.defineImage(node.outputs[0], channelBlock: builder.laneCount)
    )
  }
  let shape = try builder.shape(of: node.inputs[0])
  guard shape.rank >= 2 else {
    throw TesseraError(.invalidInput, "the input's shape is \(shape), expected at least [N, C]")
  }
  let layout = ImageLayout(
    batch: shape[0], channels: shape[1], height: 1,
    width: shape.dimensions.dropFirst(2).reduce(1, *))
  return (
    (layout, try builder.dense(node.inputs[0])), (layout, try builder.defineDense(node.outputs[0]))
  )
}

/// From γ, β, mean and variance.
private func channelAffine(_ values: [[Float]], _ epsilon: Float) -> (
  scale: [Float], shift: [Float]
) {
  let scale = zip(values[0], values[3]).map { gamma, variance in
    Double(gamma) / (Double(variance) + Double(epsilon)).squareRoot()
  }
  let shift = zip(zip(values[1], values[2]), scale).map { Double($0.0) - Double($0.1) * $1 }
  return (scale.map { Float($0) }, shift.map { Float($0) })
}
