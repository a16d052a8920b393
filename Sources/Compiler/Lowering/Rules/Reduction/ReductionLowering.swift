import GraphIR
import KernelInterface
import Tensors

extension LoweringRule {
  /// `Reduce…`, `ArgMax`, `ArgMin` and global pooling → `reduce`: on images in channel blocks where the
  /// input lies so and its channels are kept or fill their blocks, else on dense tensors.
  static let reductions: [LoweringRule] = reductionOperations.map { name, operation in
    LoweringRule(
      name,
      writesBlocks: { node, graph, blocked in
        Reduction(node, operation, in: graph)?.blockedForm(blocked) == .toImages
      },
      demands: { node, context in
        Reduction(node, operation, in: context.graph)?.blockedForm(context.blockedValues) == nil
          ? [] : demandBlocks(node, context)
      },
      lower: { node, builder throws(TesseraError) in
        let parameters = try ReduceParameters(reducing: node, in: builder.graph)
        let reduction = Reduction(
          node, operation, parameters, shape: try builder.shape(of: node.inputs[0]))
        try reduction.lower(&builder)
      })
  }

  private static let reductionOperations: [(String, ReduceDescriptor.Operation)] = [
    ("ReduceSum", .sum), ("ReduceMean", .mean), ("ReduceMax", .maximum), ("ReduceMin", .minimum),
    ("ReduceProd", .product), ("ReduceL1", .absoluteSum), ("ReduceL2", .euclideanNorm),
    ("ReduceSumSquare", .squareSum), ("ReduceLogSum", .logarithmOfSum),
    ("ReduceLogSumExp", .logarithmOfExponentialSum), ("ArgMax", .argMax), ("ArgMin", .argMin),
    ("GlobalAveragePool", .mean), ("GlobalMaxPool", .maximum),
  ]
}

extension ReduceParameters {
  /// Of any node that `reduce` computes; global pooling reduces rows and columns.
  fileprivate init(reducing node: Node, in graph: Graph) throws(TesseraError) {
    if node.operatorName.hasPrefix("Global") {
      self.init(axes: [2, 3])
    } else {
      try self.init(node, in: graph, opsetVersion: 0)
    }
  }
}

/// A node on its way to a step.
private struct Reduction {
  /// What a step on images in channel blocks makes.
  enum BlockedForm {
    case toImages, toDense
  }

  private let node: Node
  private let operation: ReduceDescriptor.Operation
  private let parameters: ReduceParameters
  private let shape: Shape

  init(
    _ node: Node, _ operation: ReduceDescriptor.Operation, _ parameters: ReduceParameters,
    shape: Shape
  ) {
    self.node = node
    self.operation = operation
    self.parameters = parameters
    self.shape = shape
  }

  init?(_ node: Node, _ operation: ReduceDescriptor.Operation, in graph: Graph) {
    guard let shape = graph.type(of: node.inputs[0])?.shape,
      let parameters = try? ReduceParameters(reducing: node, in: graph)
    else { return nil }
    self.init(node, operation, parameters, shape: shape)
  }

  func blockedForm(_ blocked: BlockedValues) -> BlockedForm? {
    guard blocked.contains(node.inputs[0]), shape.rank == 4 else { return nil }
    let keepsImages =
      parameters.keepsDimensions && !operation.givesPosition && !parameters.axes.contains(1)
    if keepsImages { return .toImages }
    return shape[1] % kernelLaneCount == 0 ? .toDense : nil
  }

  func lower(_ builder: inout PlanBuilder) throws(TesseraError) {
    let value = node.inputs[0]
    let type = try builder.elementType(of: value)
    guard type == .float32 else {
      throw TesseraError(
        .unsupported, "arithmetic on \(type.onnxName) at run time is not supported, only on float")
    }
    var descriptor = ReduceDescriptor()
    descriptor.operation = operation
    descriptor.selectsLast = try node.flagAttribute("select_last_index")
    let epilogue = try NodeEpilogue(node, in: builder.graph)
    let input: OperandDraft
    let output: OperandDraft
    var operands: [OperandDraft] = []
    switch blockedForm(builder.blockedValues) {
    case .toImages:
      let image = try builder.image(ImageDemand(value: value, channelBlock: builder.laneCount))
      let result = try builder.defineImage(node.outputs[0], channelBlock: builder.laneCount)
      (input, output) = (image.operand, result.operand)
      descriptor.reduce(image.layout, axes: parameters.axes)
      descriptor.keep(image.layout, axes: parameters.axes, as: result.layout)
      operands = try epilogue?.addBlocked(to: &descriptor.epilogue, &builder) ?? []
    case .toDense:
      let image = try builder.image(ImageDemand(value: value, channelBlock: builder.laneCount))
      (input, output) = (image.operand, try denseResult(before: epilogue, &builder))
      descriptor.reduce(image.layout, axes: parameters.axes)
    case nil:
      (input, output) = (try builder.dense(value), try denseResult(before: epilogue, &builder))
      let strides = denseStrides(shape.dimensions)
      descriptor.reduce(
        shape.dimensions.indices.map { [(shape[$0], strides[$0])] }, axes: parameters.axes)
    }
    try builder.append(descriptor, name: node.displayName, operands: [input, output] + operands)
    if descriptor.image == nil { try epilogue?.lowerDense(output, &builder) }
  }

  private func denseResult(
    before epilogue: NodeEpilogue?, _ builder: inout PlanBuilder
  ) throws(TesseraError) -> OperandDraft {
    if epilogue == nil { return try builder.defineDense(node.outputs[0]) }
    return builder.newBuffer(
      byteCount: try checkedProduct(
        try builder.shape(of: node.outputs[0]).elementCount, MemoryLayout<Float>.size))
  }
}

extension ReduceDescriptor {
  /// Reduces some dimensions, each given as a nest of extents and strides, and keeps the others.
  mutating func reduce(_ dimensions: [[(extent: Int, stride: Int)]], axes: [Int]) {
    for (axis, nest) in dimensions.enumerated() {
      for (extent, stride) in nest {
        if axes.contains(axis) {
          reducedExtents.append(extent)
          reducedStrides.append(stride)
        } else {
          extents.append(extent)
          strides.append(stride)
        }
      }
    }
  }

  /// Reduces some of the four dimensions of images in channel blocks.
  mutating func reduce(_ layout: ImageLayout, axes: [Int]) {
    offset = layout.originOffset
    reduce(
      [
        [(layout.batch, layout.imageStride)],
        [(layout.channelBlockCount, layout.channelBlockStride), (layout.channelBlock, 1)],
        [(layout.height, layout.rowStride)],
        [(layout.width, layout.channelBlock)],
      ], axes: axes)
  }

  /// Stores the results as images, whose channels are those of the input.
  mutating func keep(_ layout: ImageLayout, axes: [Int], as result: ImageLayout) {
    image = result
    extents = result.nest
    strides = layout.nestStrides
    for (axis, dimension) in [(0, 0), (2, 2), (3, 3)] where axes.contains(axis) {
      strides[dimension] = 0
    }
  }
}
