import GraphIR
import KernelInterface
import Tensors

extension LoweringRule {
  /// `tessera.Interleave` → `gather-channels` by phases.
  static let interleave = LoweringRule(
    "Interleave", domain: "tessera", writesBlocks: alwaysWritesBlocks, demands: demandBlocks,
    lower: { node, builder throws(TesseraError) in
      let interleave = try InterleaveParameters(
        node, in: builder.graph, opsetVersion: builder.opsetVersion)
      try builder.lowerInterleave(node, interleave)
    })

  /// `DepthToSpace` → `gather-channels` by phases of images in blocks, else a `copy` of six dimensions.
  static let depthToSpace = LoweringRule(
    "DepthToSpace", writesBlocks: writesBlocksLikeInput, demands: demandBlocksLikeInput,
    lower: { node, builder throws(TesseraError) in
      let block = try BlockParameters(
        node, in: builder.graph, opsetVersion: builder.opsetVersion)
      guard !builder.blockedValues.contains(node.inputs[0]) else {
        return try builder.lowerInterleave(
          node,
          InterleaveParameters(
            strides: [block.size, block.size], crop: [0, 0, 0, 0],
            keepsChannelsTogether: block.keepsChannelsTogether))
      }
      let input = try builder.shape(of: node.inputs[0]).dimensions
      let channels = input[1] / (block.size * block.size)
      let (phase, channel) =
        block.keepsChannelsTogether ? (1, block.size * block.size) : (channels, 1)
      let plane = input[2] * input[3]
      try builder.lowerBlockCopy(
        node,
        [
          (input[0], input[1] * plane), (channels, channel * plane), (input[2], input[3]),
          (block.size, block.size * phase * plane), (input[3], 1), (block.size, phase * plane),
        ])
    })

  /// `SpaceToDepth` → a `copy` of six dimensions.
  static let spaceToDepth = LoweringRule("SpaceToDepth") { node, builder throws(TesseraError) in
    let block = try BlockParameters(node, in: builder.graph, opsetVersion: builder.opsetVersion)
    let input = try builder.shape(of: node.inputs[0]).dimensions
    let plane = input[2] * input[3]
    let channel = [(extent: input[1], stride: plane)]
    let pixel = [(extent: block.size, stride: input[3]), (extent: block.size, stride: 1)]
    let planes = block.keepsChannelsTogether ? channel + pixel : pixel + channel
    try builder.lowerBlockCopy(
      node,
      [(input[0], input[1] * plane)] + planes + [
        (input[2] / block.size, block.size * input[3]), (input[3] / block.size, block.size),
      ])
  }
}

extension PlanBuilder {
  /// Copies the node's input to its dense output in the order of these loops.
  fileprivate mutating func lowerBlockCopy(
    _ node: Node, _ loops: [(extent: Int, stride: Int)]
  ) throws(TesseraError) {
    var copy = try copyDescriptor(
      from: try shape(of: node.inputs[0]), to: try shape(of: node.outputs[0]), of: node.inputs[0])
    copy.extents = loops.map(\.extent)
    copy.inputStrides = loops.map(\.stride)
    copy.outputStrides = denseStrides(copy.extents)
    let input = try dense(node.inputs[0])
    try append(
      copy, name: node.displayName, operands: [input, try defineDense(node.outputs[0])])
  }

  fileprivate mutating func lowerInterleave(
    _ node: Node, _ interleave: InterleaveParameters
  ) throws(TesseraError) {
    let input = try image(ImageDemand(value: node.inputs[0], channelBlock: laneCount))
    let output = try defineImage(node.outputs[0], channelBlock: laneCount)
    var gather = GatherChannelsDescriptor()
    gather.inputs = [input.layout]
    gather.output = output.layout
    (gather.rowPhases, gather.columnPhases) = (interleave.strides[0], interleave.strides[1])
    (gather.rowOffset, gather.columnOffset) = (interleave.crop[0], interleave.crop[1])
    gather.sources = interleavedChannels(
      channelCount: input.layout.channels,
      phaseCount: interleave.strides[0] * interleave.strides[1],
      keepsChannelsTogether: interleave.keepsChannelsTogether)
    try append(gather, name: node.displayName, operands: [input.operand, output.operand])
  }
}
