import GraphIR
import KernelInterface
import Tensors

extension LoweringRule {
  /// `LRN` → `lrn` in channel blocks.
  static let lrn = LoweringRule(
    "LRN", writesBlocks: alwaysWritesBlocks, demands: demandBlocks,
    lower: { node, builder throws(TesseraError) in
      let parameters = try LRNParameters(
        node, in: builder.graph, opsetVersion: builder.opsetVersion)
      let input = try builder.image(
        ImageDemand(value: node.inputs[0], channelBlock: builder.laneCount))
      let output = try builder.defineImage(node.outputs[0], channelBlock: builder.laneCount)
      var descriptor = LRNDescriptor()
      descriptor.input = input.layout
      descriptor.output = output.layout
      descriptor.size = parameters.size
      descriptor.alpha = parameters.alpha
      descriptor.beta = parameters.beta
      descriptor.bias = parameters.bias
      try builder.append(
        descriptor, name: node.displayName, operands: [input.operand, output.operand])
    })
}
