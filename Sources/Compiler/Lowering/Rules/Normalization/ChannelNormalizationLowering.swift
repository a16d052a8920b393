import GraphIR
import KernelInterface
import Tensors

extension LoweringRule {
  /// `tessera.ChannelNormalization` → `channel-norm` in channel blocks.
  static let channelNormalization = LoweringRule(
    "ChannelNormalization", domain: "tessera", writesBlocks: alwaysWritesBlocks,
    demands: demandBlocks,
    lower: { node, builder throws(TesseraError) in
      let scale = try constantInput(1, of: node, in: builder.graph)
      let bias = try optionalConstantInput(2, of: node, in: builder.graph)
      let input = try builder.image(
        ImageDemand(value: node.inputs[0], channelBlock: builder.laneCount))
      let output = try builder.defineImage(node.outputs[0], channelBlock: builder.laneCount)
      var descriptor = ChannelNormDescriptor()
      descriptor.input = input.layout
      descriptor.output = output.layout
      descriptor.epsilon = try ChannelNormalizationParameters(node).epsilon
      let factors = [
        (scale, node.inputs[1]), (bias, node.input(2) ?? "\(node.inputs[1]).bias"),
      ].map { tensor, name in
        biasWeight(
          tensor, outputCount: input.layout.channels, laneCount: builder.laneCount, name: name,
          &builder)
      }
      try builder.append(
        descriptor, name: node.displayName,
        operands: [input.operand] + factors + [output.operand])
    })
}
