import Tensors

/// Brings weights of a convolution that are values of the run into the form that its kernel reads, as
/// `packWeights` of the convolution's descriptor brings constants.
///
/// Operands: the weights, dense, `[outputChannels][inputChannels / groups][kernelHeight][kernelWidth]`; output, the
/// packed weights; both float32.
package struct PackWeightsDescriptor: KernelDescriptor {
  package static let kernelName = "pack-weights"

  /// The convolution that reads them.
  package enum Consumer: Int, CaseIterable, Sendable { case direct, depthwise, winograd }

  package var consumer = Consumer.direct
  package var inputChannels = 1
  /// Of the direct convolution's input.
  package var inputChannelBlock = kernelLaneCount
  package var outputChannels = 1
  /// Of a direct convolution; a depthwise one has as many as channels.
  package var groups = 1
  package var kernelHeight = 1
  package var kernelWidth = 1
  /// Of a Winograd convolution.
  package var tile = WinogradTile.four

  package init() {}

  package init(_ conv: ConvDirectDescriptor) {
    consumer = .direct
    setChannels(conv.input, conv.output, conv.window)
    inputChannelBlock = conv.input.channelBlock
    groups = conv.groups
  }

  package init(_ conv: ConvDepthwiseDescriptor) {
    consumer = .depthwise
    setChannels(conv.input, conv.output, conv.window)
    groups = conv.output.channels
  }

  package init(_ conv: ConvWinogradDescriptor) {
    consumer = .winograd
    setChannels(conv.input, conv.output, SlidingWindow())
    (kernelHeight, kernelWidth) = (
      conv.shape.rows.kernelExtent, conv.shape.columns.kernelExtent
    )
    tile = conv.shape.tile
  }

  private mutating func setChannels(
    _ input: ImageLayout, _ output: ImageLayout, _ window: SlidingWindow
  ) {
    (inputChannels, outputChannels) = (input.channels, output.channels)
    (kernelHeight, kernelWidth) = (window.kernelHeight, window.kernelWidth)
  }

  package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    try visitor.visit("consumer", &consumer)
    try visitor.visit("input-channels", &inputChannels, in: 0...maximumExtent)
    try visitor.visit("input-channel-block", &inputChannelBlock, in: 1...64)
    try visitor.visit("output-channels", &outputChannels, in: 0...maximumExtent)
    try visitor.visit("groups", &groups, in: 1...maximumExtent)
    try visitor.visit("kernel-height", &kernelHeight, in: 1...1 << 24)
    try visitor.visit("kernel-width", &kernelWidth, in: 1...1 << 24)
    try visitor.visit("tile", &tile)
  }

  package func requirements() throws(TesseraError) -> KernelRequirements {
    let packedByteCount =
      switch consumer {
      case .direct: try direct.packedWeightsByteCount()
      case .depthwise: try depthwisePackedByteCount()
      case .winograd: try winograd().packedWeightsByteCount()
      }
    return KernelRequirements(operands: [
      OperandRequirement(
        "weights", .read,
        byteCount: try checkedProduct(
          outputChannels, inputChannels / groups, kernelHeight, kernelWidth,
          MemoryLayout<Float>.size)),
      OperandRequirement("output", .write, byteCount: packedByteCount),
    ])
  }

  private func depthwisePackedByteCount() throws(TesseraError) -> Int {
    try require(
      inputChannels == outputChannels && groups == outputChannels,
      """
      pack-weights of a depthwise convolution has \(inputChannels) input and \(outputChannels) output \
      channels in \(groups) groups
      """)
    return try depthwise.packedWeightsByteCount()
  }
}

/// The convolutions, as far as their weights depend on them.
extension PackWeightsDescriptor {
  private var input: ImageLayout {
    ImageLayout(
      batch: 1, channels: inputChannels, height: 1, width: 1,
      channelBlock: consumer == .direct ? inputChannelBlock : kernelLaneCount)
  }

  private var output: ImageLayout {
    ImageLayout(
      batch: 1, channels: outputChannels, height: 1, width: 1, channelBlock: kernelLaneCount)
  }

  private var window: SlidingWindow { SlidingWindow(kernel: (kernelHeight, kernelWidth)) }

  package var direct: ConvDirectDescriptor {
    var conv = ConvDirectDescriptor()
    (conv.input, conv.output, conv.window, conv.groups) = (input, output, window, groups)
    return conv
  }

  package var depthwise: ConvDepthwiseDescriptor {
    var conv = ConvDepthwiseDescriptor()
    (conv.input, conv.output, conv.window) = (input, output, window)
    return conv
  }

  /// - Throws: `TesseraError` if Winograd's algorithms have no such window.
  package func winograd() throws(TesseraError) -> ConvWinogradDescriptor {
    guard let shape = WinogradShape(tile, kernelHeight: kernelHeight, kernelWidth: kernelWidth)
    else {
      throw TesseraError(
        .invalidInput,
        "pack-weights has no tile \(tile) for windows of \(kernelHeight) x \(kernelWidth)")
    }
    try require(groups == 1, "pack-weights of a Winograd convolution has \(groups) groups")
    var conv = ConvWinogradDescriptor()
    (conv.input, conv.output, conv.shape) = (input, output, shape)
    return conv
  }
}
