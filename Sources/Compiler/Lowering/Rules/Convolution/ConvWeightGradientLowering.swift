import GraphIR
import KernelInterface
import Tensors

extension LoweringRule {
  /// `tessera.ConvWeightGradient` → one `conv-weight-gradient` step of images in channel blocks.
  static let convWeightGradient = LoweringRule(
    "ConvWeightGradient", domain: "tessera",
    demands: { node, context throws(TesseraError) in
      try imageDemands(of: node, in: context.graph)
    },
    lower: { node, builder throws(TesseraError) in
      try requireFloat32(node, builder)
      let convolution = try ConvWeightGradientParameters(node).convolution
      let demands = try imageDemands(of: node, in: builder.graph)
      let input = try builder.image(demands[0])
      let gradient = try builder.image(demands[1])
      var descriptor = ConvWeightGradientDescriptor()
      (descriptor.input, descriptor.gradient) = (input.layout, gradient.layout)
      descriptor.window = SlidingWindow(convolution)
      descriptor.groups = convolution.group
      let output = try builder.defineDense(node.outputs[0])
      let scratch = builder.newBuffer(byteCount: try descriptor.scratchByteCount())
      try builder.append(
        descriptor, name: node.displayName,
        operands: [input.operand, gradient.operand, output, scratch])
    })
}

/// The images with the border that the windows reach, and the gradient.
private func imageDemands(of node: Node, in graph: Graph) throws(TesseraError) -> [ImageDemand] {
  let convolution = try ConvWeightGradientParameters(node).convolution
  guard let image = graph.type(of: node.inputs[0])?.shape,
    let gradient = graph.type(of: node.inputs[1])?.shape
  else { throw TesseraError(.invalidInput, "the shapes of its inputs are not known") }
  let window = SlidingWindow(convolution)
  let lastRow = (gradient[2] - 1) * window.strideHeight + window.spanHeight - window.padTop
  let lastColumn = (gradient[3] - 1) * window.strideWidth + window.spanWidth - window.padLeft
  return [
    ImageDemand(
      value: node.inputs[0], channelBlock: kernelLaneCount,
      border: Border(
        top: window.padTop, left: window.padLeft, bottom: max(0, lastRow - image[2]),
        right: max(0, lastColumn - image[3]))),
    ImageDemand(value: node.inputs[1], channelBlock: kernelLaneCount),
  ]
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
