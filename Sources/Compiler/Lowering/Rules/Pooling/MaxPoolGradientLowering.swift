import GraphIR
import KernelInterface
import Tensors

extension LoweringRule {
  /// `tessera.MaxPoolGradient` → `max-pool-gradient` in channel blocks.
  static let maxPoolGradient = LoweringRule(
    "MaxPoolGradient", domain: "tessera", writesBlocks: alwaysWritesBlocks,
    demands: { node, context in
      node.inputs.map { ImageDemand(value: $0, channelBlock: context.laneCount) }
    },
    lower: { node, builder throws(TesseraError) in
      try requireFloat32(node, builder)
      let pool = try PoolParameters(
        node, in: builder.graph, opsetVersion: builder.opsetVersion)
      var descriptor = MaxPoolGradientDescriptor()
      descriptor.window = SlidingWindow(
        kernel: (pool.kernel[0], pool.kernel[1]), stride: (pool.strides[0], pool.strides[1]),
        dilation: (pool.dilations[0], pool.dilations[1]),
        pad: (pool.padsBegin[0], pool.padsBegin[1]))
      var operands: [OperandDraft] = []
      func read(_ index: Int, _ builder: inout PlanBuilder) throws(TesseraError) -> ImageLayout {
        let image = try builder.image(
          ImageDemand(value: node.inputs[index], channelBlock: builder.laneCount))
        operands.append(image.operand)
        return image.layout
      }
      descriptor.input = try read(0, &builder)
      descriptor.pooled = try read(1, &builder)
      descriptor.gradient = try read(2, &builder)
      let output = try builder.defineImage(node.outputs[0], channelBlock: builder.laneCount)
      descriptor.output = output.layout
      try builder.append(
        descriptor, name: node.displayName, operands: operands + [output.operand])
    })
}
