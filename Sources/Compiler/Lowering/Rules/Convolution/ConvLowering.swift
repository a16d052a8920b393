import GraphIR
import KernelInterface
import Tensors

extension LoweringRule {
  /// `tessera.Conv` → one `conv-direct` or `conv-winograd` step, or `conv-depthwise` or `conv-im2col`
  /// with a `pool` step after it where the convolution is to be pooled. After `conv-im2col` an epilogue is
  /// a `pointwise` step.
  static let fusedConv = LoweringRule(
    "Conv", domain: "tessera", writesBlocks: alwaysWritesBlocks,
    demands: { node, context throws(TesseraError) in
      let conv = try ConvNode(node, in: context.graph, opsetVersion: context.opsetVersion)
      let choice = try conv.choose(context.options, context.weights)
      if choice.method == .im2col { return [] }
      return [conv.demand(choice.method)] + (conv.epilogue?.demands ?? [])
    },
    lower: { node, builder throws(TesseraError) in
      let conv = try ConvNode(node, in: builder.graph, opsetVersion: builder.opsetVersion)
      let choice = try conv.choose(builder.options, builder.weights)
      builder.convolutions.append(
        LoweredConvolution(
          name: node.displayName, weights: conv.weights.name, method: choice.method,
          seconds: choice.seconds))
      switch choice.method {
      case .direct: try conv.lowerDirect(&builder)
      case .depthwise: try conv.lowerDepthwise(&builder)
      case .winograd(let schedule): try conv.lowerWinograd(schedule, &builder)
      case .im2col: try conv.lowerIm2col(&builder)
      }
    })
}

extension ConvNode {
  fileprivate func demand(_ method: ConvMethod) -> ImageDemand {
    let layout = problem.inputLayout(for: method)
    return ImageDemand(
      value: node.inputs[0], channelBlock: layout.channelBlock, border: layout.border)
  }

  fileprivate func lowerDirect(_ builder: inout PlanBuilder) throws(TesseraError) {
    let input = try builder.image(demand(.direct))
    let output = try builder.defineImage(node.outputs[0], channelBlock: kernelLaneCount)
    var descriptor = problem.direct(input.layout, output.layout)
    let operands = try epilogue?.addBlocked(to: &descriptor.epilogue, &builder) ?? []
    let merged = try weights.constant.flatMap { (constant) throws(TesseraError) in
      try problem.mergedGroups?.weights(constant)
    }
    let packed = try builder.packedWeight(
      weights, merged: merged, for: descriptor,
      packing:
        "conv-direct, \(kernelLaneCount) lanes, input block \(input.layout.channelBlock), \(problem.groups) groups"
    )
    try builder.append(
      descriptor, name: node.displayName,
      operands: [input.operand, packed, try biasOperand(&builder), output.operand] + operands)
  }

  fileprivate func lowerDepthwise(_ builder: inout PlanBuilder) throws(TesseraError) {
    let input = try builder.image(demand(.depthwise))
    let convolved =
      problem.poolsMax2x2
      ? try unpooledImage(&builder)
      : try builder.defineImage(node.outputs[0], channelBlock: kernelLaneCount)
    var descriptor = problem.depthwise(input.layout, convolved.layout)
    let operands = try epilogue?.addBlocked(to: &descriptor.epilogue, &builder) ?? []
    let packed = try builder.packedWeight(
      weights, for: descriptor,
      packing: "conv-depthwise, \(kernelLaneCount) lanes")
    try builder.append(
      descriptor, name: node.displayName,
      operands: [input.operand, packed, try biasOperand(&builder), convolved.operand] + operands)
    if problem.poolsMax2x2 {
      try appendPool(
        of: convolved,
        to: try builder.defineImage(node.outputs[0], channelBlock: kernelLaneCount), &builder)
    }
  }

  /// A buffer for the results in channel blocks before they are pooled.
  private func unpooledImage(
    _ builder: inout PlanBuilder
  ) throws(TesseraError) -> (layout: ImageLayout, operand: OperandDraft) {
    let layout = ImageLayout(
      batch: problem.batch, channels: problem.outChannels, height: problem.convHeight,
      width: problem.convWidth, channelBlock: kernelLaneCount)
    return (layout, builder.newBuffer(byteCount: try layout.byteCount()))
  }

  /// The pooling of a convolution whose kernel does not pool.
  private func appendPool(
    of input: (layout: ImageLayout, operand: OperandDraft),
    to output: (layout: ImageLayout, operand: OperandDraft), _ builder: inout PlanBuilder
  ) throws(TesseraError) {
    var pool = PoolDescriptor()
    pool.input = input.layout
    pool.output = output.layout
    pool.window = SlidingWindow(kernel: (2, 2), stride: (2, 2))
    try builder.append(
      pool, name: node.displayName, operands: [input.operand, output.operand])
  }

  fileprivate func lowerWinograd(
    _ schedule: WinogradSchedule, _ builder: inout PlanBuilder
  ) throws(TesseraError) {
    let input = try builder.image(demand(.winograd(schedule)))
    let output = try builder.defineImage(node.outputs[0], channelBlock: kernelLaneCount)
    var descriptor = problem.winograd(
      schedule, builder.options.weightType, input.layout, output.layout)
    let operands = try epilogue?.addBlocked(to: &descriptor.epilogue, &builder) ?? []
    let packed = try builder.packedWeight(
      weights, for: descriptor,
      packing:
        "conv-winograd, \(descriptor.weightType), \(kernelLaneCount) lanes, F\(schedule.shape.rows.outputExtent)x\(schedule.shape.columns.outputExtent)"
    )
    let bias = try biasOperand(&builder)
    let scratch = builder.newBuffer(byteCount: try descriptor.scratchByteCount())
    try builder.append(
      descriptor, name: node.displayName,
      operands: [input.operand, packed, bias, output.operand, scratch] + operands)
  }

  fileprivate func lowerIm2col(_ builder: inout PlanBuilder) throws(TesseraError) {
    let descriptor = problem.im2col
    let input = try builder.dense(node.inputs[0])
    let isLast = !problem.poolsMax2x2 && epilogue == nil
    let convOutput =
      !isLast
      ? builder.newBuffer(byteCount: try descriptor.output.byteCount())
      : try builder.defineDense(node.outputs[0])
    let rawWeights = try builder.dense(weights.name)
    try builder.append(
      descriptor, name: node.displayName,
      operands: [input, rawWeights, try biasOperand(&builder), convOutput])
    try epilogue?.lowerDense(convOutput, &builder)
    guard problem.poolsMax2x2 else { return }
    try appendPool(
      of: (descriptor.output, convOutput),
      to: (
        try builder.imageLayout(of: node.outputs[0], channelBlock: 1),
        try builder.defineDense(node.outputs[0])
      ), &builder)
  }

  private func biasOperand(_ builder: inout PlanBuilder) throws(TesseraError) -> OperandDraft {
    try builder.bias(
      bias, outputCount: problem.outChannels, name: "\(weights.name).bias")
  }
}
