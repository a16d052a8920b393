import GraphIR
import KernelInterface
import PointwisePrograms
import Tensors

extension LoweringRule {
  /// `GroupNormalization` and `InstanceNormalization` → `reduce` and `pointwise`: on images in channel
  /// blocks where they lie so, no block belongs to two groups of several channels, and scale and bias are
  /// constant; else on dense tensors.
  static let groupNormalizations: [LoweringRule] = [
    "GroupNormalization", "InstanceNormalization",
  ].map { name in
    LoweringRule(
      name,
      writesBlocks: { node, graph, blocked in isBlocked(node, graph, blocked) },
      demands: { node, context in
        isBlocked(node, context.graph, context.blockedValues) ? demandBlocks(node, context) : []
      },
      lower: { node, builder throws(TesseraError) in
        try requireFloat32(node, builder)
        let parameters = try GroupNormalizationParameters(node, opsetVersion: builder.opsetVersion)
        if isBlocked(node, builder.graph, builder.blockedValues) {
          try lowerBlocked(node, parameters, &builder)
        } else {
          try lowerDense(node, parameters, &builder)
        }
      })
  }
}

private func isBlocked(_ node: Node, _ graph: Graph, _ blocked: BlockedValues) -> Bool {
  guard blocked.contains(node.inputs[0]), let shape = graph.type(of: node.inputs[0])?.shape,
    shape.rank == 4, node.inputs.dropFirst().allSatisfy({ graph.constants[$0] != nil })
  else { return false }
  guard case .int(let groups)? = node.attributes["num_groups"], groups > 0 else {
    return node.operatorName == "InstanceNormalization"
  }
  return shape[1] / Int(groups) % kernelLaneCount == 0
}

private func lowerDense(
  _ node: Node, _ parameters: GroupNormalizationParameters, _ builder: inout PlanBuilder
) throws(TesseraError) {
  let shape = try builder.shape(of: node.inputs[0])
  let groups = parameters.groupCount ?? shape[1]
  let members = groups == 0 ? 0 : shape[1] / groups
  let extents = [shape[0], groups, members, shape.dimensions.dropFirst(2).reduce(1, *)]
  let scaleStrides = parameters.scalesGroups ? [0, 1, 0, 0] : [0, members, 1, 0]
  let step = NormalizationStep(
    node: node, extents: extents, reduced: [2, 3],
    factors: try [1, 2].map { (index) throws(TesseraError) in
      .init(operand: try builder.dense(node.inputs[index]), strides: scaleStrides)
    })
  try step.lower(epsilon: parameters.epsilon, &builder)
}

private func lowerBlocked(
  _ node: Node, _ parameters: GroupNormalizationParameters, _ builder: inout PlanBuilder
) throws(TesseraError) {
  let input = try builder.image(
    ImageDemand(value: node.inputs[0], channelBlock: builder.laneCount))
  let (layout, lanes) = (input.layout, builder.laneCount)
  let channelCount = layout.channelBlockCount * lanes
  let groups = parameters.groupCount ?? channelCount
  let blocks = channelCount / groups / lanes
  var statistics = ReduceDescriptor()
  statistics.offset = layout.originOffset
  statistics.reducedExtents = [layout.height, layout.width]
  statistics.reducedStrides = [layout.rowStride, lanes]
  if parameters.groupCount == nil {
    statistics.extents = [layout.batch, layout.channelBlockCount, lanes]
    statistics.strides = [layout.imageStride, layout.channelBlockStride, 1]
  } else {
    statistics.extents = [layout.batch, groups]
    statistics.strides = [layout.imageStride, blocks * layout.channelBlockStride]
    statistics.reducedExtents = [blocks] + statistics.reducedExtents + [lanes]
    statistics.reducedStrides = [layout.channelBlockStride] + statistics.reducedStrides + [1]
  }

  /// A statistic of each channel of each image.
  func perChannel(
    _ operation: ReduceDescriptor.Operation, _ program: PointwiseProgram
  ) throws(TesseraError) -> OperandDraft {
    statistics.operation = operation
    let groupCount = layout.batch * groups
    let values = builder.newBuffer(byteCount: groupCount * MemoryLayout<Float>.size)
    try builder.append(statistics, name: node.displayName, operands: [input.operand, values])
    var spread = PointwiseDescriptor()
    spread.program = program
    spread.extents = [groupCount, channelCount / groups]
    spread.inputs = [.init(strides: [1, 0])]
    let result = builder.newBuffer(
      byteCount: layout.batch * channelCount * MemoryLayout<Float>.size)
    try builder.append(spread, name: node.displayName, operands: [values, result])
    return result
  }
  let mean = try perChannel(.mean, PointwiseProgram())
  let scale = try perChannel(.variance, .inverseDeviation(epsilon: parameters.epsilon))

  let output = try builder.defineImage(node.outputs[0], channelBlock: lanes)
  var descriptor = PointwiseDescriptor()
  descriptor.program = .normalization(factorCount: 2)
  descriptor.image = output.layout
  descriptor.extents = output.layout.nest
  var operands = [input.operand, mean, scale]
  let perImage = [channelCount, lanes, 0, 0, 1]
  descriptor.inputs = [
    .init(offset: layout.originOffset, strides: layout.nestStrides),
    .init(strides: perImage), .init(strides: perImage),
  ]
  for name in node.inputs.dropFirst() {
    guard let constant = builder.graph.constants[name] else { continue }
    descriptor.inputs.append(.init(strides: [0, lanes, 0, 0, 1]))
    let vector =
      parameters.scalesGroups
      ? try constant.repeatingElements(layout.channels / groups) : constant
    operands.append(
      biasWeight(vector, outputCount: layout.channels, laneCount: lanes, name: name, &builder))
  }
  try builder.append(descriptor, name: node.displayName, operands: operands + [output.operand])
}

extension Tensor {
  /// A vector with each element of this one so many times.
  fileprivate func repeatingElements(_ count: Int) throws(TesseraError) -> Tensor {
    let values = (values(as: Float.self) ?? []).flatMap { Array(repeating: $0, count: count) }
    return try Tensor(values, shape: [values.count])
  }
}
