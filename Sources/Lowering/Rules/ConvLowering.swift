import CPUKernels
import GraphIR
import KernelInterface
import Tensors

extension LoweringRule {
  /// `tessera.Conv` → one `conv-direct` or `conv-winograd` step, or `conv-im2col` with a `pool` step
  /// after it where the convolution is to be pooled.
  static let fusedConv = LoweringRule(
    "Conv", domain: "tessera",
    demands: { node, context throws(TesseraError) in
      let conv = try ConvLowering(
        node, in: context.graph, opsetVersion: context.opsetVersion, options: context.options,
        pool: context.weights)
      return conv.method == .im2col ? [] : [conv.demand]
    },
    lower: { node, builder throws(TesseraError) in
      let conv = try ConvLowering(
        node, in: builder.graph, opsetVersion: builder.opsetVersion, options: builder.options,
        pool: builder.weights)
      switch conv.method {
      case .direct: try conv.lowerDirect(&builder)
      case .winograd(let choice): try conv.lowerWinograd(choice, &builder)
      case .im2col: try conv.lowerIm2col(&builder)
      }
    })
}

private struct ConvLowering {
  let node: Node
  let parameters: FusedConvParameters
  let weights: Tensor
  let bias: Tensor?
  let laneCount: Int
  let method: ConvMethod
  let inputShape: Shape
  /// Rows and columns of the convolution, before pooling.
  let convHeight: Int
  let convWidth: Int

  init(
    _ node: Node, in graph: Graph, opsetVersion: Int, options: LoweringOptions, pool: WeightPool
  ) throws(TesseraError) {
    self.node = node
    parameters = try FusedConvParameters(node, in: graph, opsetVersion: opsetVersion)
    weights = try constantInput(1, of: node, in: graph)
    bias = try optionalConstantInput(2, of: node, in: graph)
    laneCount = options.kernels.laneCount
    guard let shape = graph.type(of: node.inputs[0])?.shape, shape.rank == 4 else {
      throw TesseraError(.invalidInput, "the input's shape is not known")
    }
    inputShape = shape
    let conv = parameters.convolution
    convHeight = conv.outputExtent(0, of: shape[2])
    convWidth = conv.outputExtent(1, of: shape[3])
    let sizes = ConvSizes(
      batch: shape[0], inChannels: shape[1], outChannels: weights.shape[0], height: convHeight,
      width: convWidth, kernel: (conv.kernel[0], conv.kernel[1]),
      stride: (conv.strides[0], conv.strides[1]), dilation: (conv.dilations[0], conv.dilations[1]),
      groups: conv.group)
    let algorithm = pool.convAlgorithm(for: weights) ?? options.convAlgorithm
    guard let method = algorithm.method(for: sizes) else {
      throw TesseraError(
        .unsupported,
        "direct convolution needs groups of whole blocks of \(laneCount) channels, found \(conv.group) groups of \(shape[1] / conv.group) channels"
      )
    }
    self.method = method
    pool.settle(method.algorithm, for: weights)
  }

  var window: SlidingWindow {
    let conv = parameters.convolution
    return SlidingWindow(
      kernel: (conv.kernel[0], conv.kernel[1]), stride: (conv.strides[0], conv.strides[1]),
      dilation: (conv.dilations[0], conv.dilations[1]),
      pad: (conv.padsBegin[0], conv.padsBegin[1]))
  }

  /// Few channels are read as planes: blocks would be mostly padding.
  var demand: ImageDemand {
    let window = window
    // Winograd reads whole tiles.
    var unit = 1
    if case .winograd(let choice) = method { unit = choice.tile.outputExtent }
    let rows = roundUp(convHeight, toMultipleOf: unit)
    let columns = roundUp(convWidth, toMultipleOf: unit)
    let lastRow = (rows - 1) * window.strideHeight + window.spanHeight - window.padTop
    let lastColumn = (columns - 1) * window.strideWidth + window.spanWidth - window.padLeft
    return ImageDemand(
      value: node.inputs[0], channelBlock: inputShape[1] < laneCount ? 1 : laneCount,
      border: Border(
        top: window.padTop, left: window.padLeft, bottom: max(0, lastRow - inputShape[2]),
        right: max(0, lastColumn - inputShape[3])))
  }

  func lowerDirect(_ builder: inout PlanBuilder) throws(TesseraError) {
    let input = try builder.image(demand)
    let output = try builder.defineImage(node.outputs[0], channelBlock: laneCount)
    var descriptor = ConvDirectDescriptor()
    descriptor.input = input.layout
    descriptor.output = output.layout
    descriptor.window = window
    descriptor.groups = parameters.convolution.group
    descriptor.convHeight = convHeight
    descriptor.convWidth = convWidth
    descriptor.activation = Activation(parameters.activation)
    descriptor.poolsMax2x2 = parameters.poolsMax2x2
    let packing =
      "conv-direct, \(laneCount) lanes, input block \(input.layout.channelBlock), \(descriptor.groups) groups"
    let packed = descriptor
    let source = weights
    let operand = builder.weight(
      name: node.inputs[1], sources: [source], packing: packing,
      byteCount: try descriptor.packedWeightsByteCount(), panelCount: descriptor.panelCount
    ) { (destination, panels) throws(TesseraError) in
      try source.withUnsafeBytes { (bytes) throws(TesseraError) in
        guard let values = bytes.baseAddress,
          let start = destination.bindMemory(to: Float.self).baseAddress
        else { return }
        try packed.packWeights(
          from: values, into: start + packed.packedOffset(ofPanel: panels.lowerBound),
          panels: panels)
      }
    }
    let biasOperand = biasWeight(
      bias, outputCount: weights.shape[0], laneCount: laneCount, name: biasName, &builder)
    try builder.append(
      descriptor, name: node.displayName,
      operands: [input.operand, operand, biasOperand, output.operand])
  }

  func lowerWinograd(_ choice: WinogradSchedule, _ builder: inout PlanBuilder)
    throws(TesseraError)
  {
    let input = try builder.image(demand)
    let output = try builder.defineImage(node.outputs[0], channelBlock: laneCount)
    var descriptor = ConvWinogradDescriptor()
    descriptor.input = input.layout
    descriptor.output = output.layout
    (descriptor.padTop, descriptor.padLeft) = (window.padTop, window.padLeft)
    (descriptor.convHeight, descriptor.convWidth) = (convHeight, convWidth)
    descriptor.tile = choice.tile
    descriptor.schedule = choice.schedule
    descriptor.tilesPerBlock = choice.tilesPerBlock
    descriptor.activation = Activation(parameters.activation)
    descriptor.poolsMax2x2 = parameters.poolsMax2x2
    let packed = descriptor
    let source = weights
    let operand = builder.weight(
      name: node.inputs[1], sources: [source],
      packing: "conv-winograd, \(laneCount) lanes, F\(choice.tile.outputExtent)",
      byteCount: try descriptor.packedWeightsByteCount(), panelCount: descriptor.panelCount
    ) { (destination, panels) throws(TesseraError) in
      try source.withUnsafeBytes { (bytes) throws(TesseraError) in
        guard let values = bytes.baseAddress,
          let start = destination.bindMemory(to: Float.self).baseAddress
        else { return }
        try packed.packWeights(
          from: values, into: start + packed.packedOffset(ofPanel: panels.lowerBound),
          panels: panels)
      }
    }
    let biasOperand = biasWeight(
      bias, outputCount: weights.shape[0], laneCount: laneCount, name: biasName, &builder)
    let scratch = builder.newBuffer(byteCount: try descriptor.scratchByteCount())
    try builder.append(
      descriptor, name: node.displayName,
      operands: [input.operand, operand, biasOperand, output.operand, scratch])
  }

  func lowerIm2col(_ builder: inout PlanBuilder) throws(TesseraError) {
    var descriptor = ConvIm2colDescriptor()
    descriptor.input = try builder.imageLayout(of: node.inputs[0], channelBlock: 1)
    descriptor.output = ImageLayout(
      batch: inputShape[0], channels: weights.shape[0], height: convHeight, width: convWidth)
    descriptor.window = window
    descriptor.groups = parameters.convolution.group
    descriptor.activation = Activation(parameters.activation)
    let input = try builder.dense(node.inputs[0])
    let convOutput =
      parameters.poolsMax2x2
      ? builder.newBuffer(byteCount: try descriptor.output.byteCount())
      : try builder.defineDense(node.outputs[0])
    let biasOperand = biasWeight(
      bias, outputCount: weights.shape[0], laneCount: laneCount, name: biasName, &builder)
    try builder.append(
      descriptor, name: node.displayName,
      operands: [
        input, builder.rawWeight(weights, name: node.inputs[1]), biasOperand, convOutput,
      ])
    guard parameters.poolsMax2x2 else { return }
    var pool = PoolDescriptor()
    pool.input = descriptor.output
    pool.output = try builder.imageLayout(of: node.outputs[0], channelBlock: 1)
    pool.window = SlidingWindow(kernel: (2, 2), stride: (2, 2))
    try builder.append(
      pool, name: node.displayName,
      operands: [convOutput, try builder.defineDense(node.outputs[0])])
  }

  private var biasName: String {
    node.inputs.count > 2 && !node.inputs[2].isEmpty ? node.inputs[2] : "\(node.inputs[1]).bias"
  }
}
