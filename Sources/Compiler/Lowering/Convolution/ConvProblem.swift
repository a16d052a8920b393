import KernelInterface
import Tensors

/// A convolution with fixed shapes, whatever computes it.
package struct ConvProblem: Hashable, Sendable {
  var batch = 1
  var inChannels = 1
  var outChannels = 1
  /// Rows and columns of the image.
  var inHeight = 1
  var inWidth = 1
  /// Rows and columns of the convolution, before pooling.
  var convHeight = 1
  var convWidth = 1
  var window = SlidingWindow()
  var groups = 1
  var activation = Activation.identity
  /// 2×2 max-pooling of stride 2 follows.
  var poolsMax2x2 = false
  /// The weights are values of the run, which a step packs, as float32.
  var packsInRun = false

  /// True if every channel is a group of its own.
  var isDepthwise: Bool { groups > 1 && inChannels == groups && outChannels == groups }

  /// How the direct convolution takes the groups; nil if it cannot. Weights of the run are not merged.
  var mergedGroups: MergedGroups? {
    let merged = MergedGroups(groups: groups, inChannels: inChannels, outChannels: outChannels)
    return packsInRun && merged?.count != groups ? nil : merged
  }

  /// The tiles of the convolution, as large as `tile`; nil if Winograd's algorithms do not compute it with such.
  /// Images of fewer channels than a block stay planes, which only the direct convolution reads.
  func winogradShape(_ tile: WinogradTile) -> WinogradShape? {
    let isUnitStep =
      (window.strideHeight, window.strideWidth) == (1, 1)
      && (window.dilationHeight, window.dilationWidth) == (1, 1)
    guard isUnitStep, groups == 1, inChannels >= kernelLaneCount,
      let shape = WinogradShape(
        tile, kernelHeight: window.kernelHeight, kernelWidth: window.kernelWidth),
      !poolsMax2x2 || !shape.isOneDimensional
    else { return nil }
    return shape
  }
}

/// What each kernel needs for the convolution.
extension ConvProblem {
  /// The layout in which the kernels that read channel blocks read the image, with the smallest border
  /// that will do. Few channels are read as planes, except by `conv-depthwise`: blocks would be mostly
  /// padding.
  func inputLayout(for method: ConvMethod) -> ImageLayout {
    var layout = ImageLayout(
      batch: batch, channels: inChannels, height: inHeight, width: inWidth,
      channelBlock: inChannels < kernelLaneCount && method != .depthwise ? 1 : kernelLaneCount)
    // Winograd reads whole tiles.
    var (rows, columns) = (convHeight, convWidth)
    if case .winograd(let choice) = method {
      rows = roundUp(rows, toMultipleOf: choice.shape.rows.outputExtent)
      columns = roundUp(columns, toMultipleOf: choice.shape.columns.outputExtent)
    }
    let lastRow = (rows - 1) * window.strideHeight + window.spanHeight - window.padTop
    let lastColumn = (columns - 1) * window.strideWidth + window.spanWidth - window.padLeft
    layout.border = Border(
      top: window.padTop, left: window.padLeft, bottom: max(0, lastRow - inHeight),
      right: max(0, lastColumn - inWidth))
    return layout
  }

  /// The result in channel blocks, pooled if the kernel does it, without a border.
  private func outputLayout(for method: ConvMethod) -> ImageLayout {
    let pooled = poolsMax2x2 && method != .depthwise ? 2 : 1
    return ImageLayout(
      batch: batch, channels: outChannels, height: convHeight / pooled, width: convWidth / pooled,
      channelBlock: kernelLaneCount)
  }

  func direct(_ input: ImageLayout, _ output: ImageLayout) -> ConvDirectDescriptor {
    var descriptor = ConvDirectDescriptor()
    descriptor.input = input
    descriptor.output = output
    descriptor.window = window
    descriptor.groups = mergedGroups?.count ?? groups
    (descriptor.convHeight, descriptor.convWidth) = (convHeight, convWidth)
    descriptor.activation = activation
    descriptor.poolsMax2x2 = poolsMax2x2
    return descriptor
  }

  /// Without the pooling, which is a step of its own there.
  func depthwise(_ input: ImageLayout, _ output: ImageLayout) -> ConvDepthwiseDescriptor {
    var descriptor = ConvDepthwiseDescriptor()
    descriptor.input = input
    descriptor.output = output
    descriptor.window = window
    descriptor.activation = activation
    return descriptor
  }

  func winograd(
    _ choice: WinogradSchedule, _ weightType: WeightType, _ input: ImageLayout,
    _ output: ImageLayout
  ) -> ConvWinogradDescriptor {
    var descriptor = ConvWinogradDescriptor()
    descriptor.input = input
    descriptor.output = output
    (descriptor.padTop, descriptor.padLeft) = (window.padTop, window.padLeft)
    (descriptor.convHeight, descriptor.convWidth) = (convHeight, convWidth)
    descriptor.shape = choice.shape
    descriptor.schedule = choice.schedule
    descriptor.tilesPerBlock = choice.tilesPerBlock
    descriptor.weightType = packsInRun ? .float32 : weightType
    descriptor.activation = activation
    descriptor.poolsMax2x2 = poolsMax2x2
    return descriptor
  }

  /// Without the pooling, which is a step of its own there.
  var im2col: ConvIm2colDescriptor {
    var descriptor = ConvIm2colDescriptor()
    descriptor.input = ImageLayout(
      batch: batch, channels: inChannels, height: inHeight, width: inWidth)
    descriptor.output = ImageLayout(
      batch: batch, channels: outChannels, height: convHeight, width: convWidth)
    descriptor.window = window
    descriptor.groups = groups
    descriptor.activation = activation
    return descriptor
  }

  /// The call by which candidates are compared and timed: with the smallest borders, whatever those of
  /// the step will be, so that equal convolutions are equal calls.
  ///
  /// - Parameter weightType: of the kernels that store weights in several types.
  func call(_ method: ConvMethod, _ weightType: WeightType = .float32) throws(TesseraError)
    -> KernelCall
  {
    let (input, output) = (inputLayout(for: method), outputLayout(for: method))
    switch method {
    case .direct: return try KernelCall(direct(input, output))
    case .depthwise: return try KernelCall(depthwise(input, output))
    case .winograd(let choice): return try KernelCall(winograd(choice, weightType, input, output))
    case .im2col: return try KernelCall(im2col)
    }
  }

  /// The call that packs the weights in the run; nil where nothing has to be packed.
  func packingCall(_ method: ConvMethod) throws(TesseraError) -> KernelCall? {
    guard packsInRun else { return nil }
    let (input, output) = (inputLayout(for: method), outputLayout(for: method))
    switch method {
    case .direct: return try KernelCall(direct(input, output).packingStep)
    case .depthwise: return try KernelCall(depthwise(input, output).packingStep)
    case .winograd(let choice):
      return try KernelCall(winograd(choice, .float32, input, output).packingStep)
    case .im2col: return nil
    }
  }
}
