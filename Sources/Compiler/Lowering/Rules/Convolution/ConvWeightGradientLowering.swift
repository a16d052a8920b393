import GraphIR
import KernelInterface
import Tensors

extension LoweringRule {
  /// `tessera.ConvWeightGradient` → one `conv-weight-gradient` or `winograd-weight-gradient` step of images in
  /// channel blocks, whichever is estimated to take less time.
  static let convWeightGradient = LoweringRule(
    "ConvWeightGradient", domain: "tessera",
    demands: { node, context throws(TesseraError) in
      let gradient = try WeightGradientNode(node, in: context.graph)
      return try gradient.winograd(context.options)?.demands ?? gradient.direct.demands
    },
    lower: { node, builder throws(TesseraError) in
      try requireFloat32(node, builder)
      let gradient = try WeightGradientNode(node, in: builder.graph)
      if let winograd = try gradient.winograd(builder.options) {
        try builder.lower(winograd)
      } else {
        try builder.lower(gradient.direct)
      }
    })
}

/// A way to compute the gradient of a convolution's weights.
private protocol WeightGradient: KernelDescriptor {
  /// With the smallest borders that will do, then as they lie.
  var input: ImageLayout { get set }
  var gradient: ImageLayout { get set }
  func scratchByteCount() throws(TesseraError) -> Int
}

extension ConvWeightGradientDescriptor: WeightGradient {}
extension WinogradWeightGradientDescriptor: WeightGradient {}

private struct Candidate<Descriptor: WeightGradient> {
  let node: Node
  var descriptor: Descriptor

  var demands: [ImageDemand] {
    zip(node.inputs, [descriptor.input, descriptor.gradient]).map {
      ImageDemand(value: $0, channelBlock: $1.channelBlock, border: $1.border)
    }
  }
}

private struct WeightGradientNode {
  private let node: Node
  private let window: SlidingWindow
  private let groups: Int
  /// In channel blocks, without borders.
  private let input: ImageLayout
  private let gradient: ImageLayout

  init(_ node: Node, in graph: Graph) throws(TesseraError) {
    self.node = node
    let convolution = try ConvWeightGradientParameters(node).convolution
    window = SlidingWindow(convolution)
    groups = convolution.group
    func layout(_ index: Int) throws(TesseraError) -> ImageLayout {
      guard let shape = graph.type(of: node.inputs[index])?.shape, shape.rank == 4 else {
        throw TesseraError(.invalidInput, "the shapes of its inputs are not known")
      }
      return ImageLayout(
        batch: shape[0], channels: shape[1], height: shape[2], width: shape[3],
        channelBlock: kernelLaneCount)
    }
    (input, gradient) = (try layout(0), try layout(1))
  }

  /// The input with the border that windows of so many results reach.
  private func bordered(rows: Int, columns: Int) -> ImageLayout {
    let lastRow = (rows - 1) * window.strideHeight + window.spanHeight - window.padTop
    let lastColumn = (columns - 1) * window.strideWidth + window.spanWidth - window.padLeft
    var layout = input
    layout.border = Border(
      top: window.padTop, left: window.padLeft, bottom: max(0, lastRow - input.height),
      right: max(0, lastColumn - input.width))
    return layout
  }

  var direct: Candidate<ConvWeightGradientDescriptor> {
    var descriptor = ConvWeightGradientDescriptor()
    descriptor.input = bordered(rows: gradient.height, columns: gradient.width)
    descriptor.gradient = gradient
    (descriptor.window, descriptor.groups) = (window, groups)
    return Candidate(node: node, descriptor: descriptor)
  }

  /// Nil if the algorithm does not compute it, the options leave it out or it would take longer.
  func winograd(
    _ options: LoweringOptions
  ) throws(TesseraError) -> Candidate<WinogradWeightGradientDescriptor>? {
    guard
      window == SlidingWindow(kernel: (3, 3), pad: (window.padTop, window.padLeft)), groups == 1,
      !options.isLocal, options.convAlgorithm.tile != nil || options.convAlgorithm == .automatic
    else { return nil }
    let tile = WinogradWeightGradientTiling.tileExtent
    let rows = roundUp(gradient.height, toMultipleOf: tile)
    let columns = roundUp(gradient.width, toMultipleOf: tile)
    var descriptor = WinogradWeightGradientDescriptor()
    descriptor.input = bordered(rows: rows, columns: columns)
    descriptor.gradient = gradient
    descriptor.gradient.border = Border(
      bottom: rows - gradient.height, right: columns - gradient.width)
    (descriptor.padTop, descriptor.padLeft) = (window.padTop, window.padLeft)
    guard options.convAlgorithm == .automatic else {
      return Candidate(node: node, descriptor: descriptor)
    }
    let times = options.stepTimes
    let seconds = try times.seconds(KernelCall(descriptor), kernels: options.kernels)
    let direct = try times.seconds(KernelCall(direct.descriptor), kernels: options.kernels)
    return seconds < direct ? Candidate(node: node, descriptor: descriptor) : nil
  }
}

extension PlanBuilder {
  fileprivate mutating func lower<Descriptor: WeightGradient>(
    _ candidate: Candidate<Descriptor>
  ) throws(TesseraError) {
    let demands = candidate.demands
    let input = try image(demands[0])
    let gradient = try image(demands[1])
    var descriptor = candidate.descriptor
    (descriptor.input, descriptor.gradient) = (input.layout, gradient.layout)
    let output = try defineDense(candidate.node.outputs[0])
    let scratch = newBuffer(byteCount: try descriptor.scratchByteCount())
    try append(
      descriptor, name: candidate.node.displayName,
      operands: [input.operand, gradient.operand, output, scratch])
  }
}

extension SlidingWindow {
  init(_ convolution: ConvParameters) {
    self.init(
      kernel: (convolution.kernel[0], convolution.kernel[1]),
      stride: (convolution.strides[0], convolution.strides[1]),
      dilation: (convolution.dilations[0], convolution.dilations[1]),
      pad: (convolution.padsBegin[0], convolution.padsBegin[1]))
  }
}
