import KernelInterface
import KernelVectors

/// Depthwise convolution; the contract is `ConvDepthwiseDescriptor`'s, the packing of the weights
/// `packWeights`'. A work item is a band of rows of one channel block of one image.
struct ConvDepthwise {
  private let conv: ConvDepthwiseDescriptor
  private let bands: PlaneBands
  private let bounds: ActivationBounds
  private let input: UnsafePointer<Float>
  private let weights: UnsafeRawPointer
  private let bias: UnsafePointer<Float>
  private let output: UnsafeMutablePointer<Float>
  private let epilogue: EpilogueCall?

  static let kernel = Kernel(ConvDepthwiseDescriptor.self) { conv, operands in
    let call = ConvDepthwise(conv, operands)
    return [
      WorkPhase(itemCount: call.bands.itemCount) { call.compute(item: $0, workspace: $1) }
    ]
  }

  private init(_ conv: ConvDepthwiseDescriptor, _ operands: [UnsafeMutableRawPointer]) {
    self.conv = conv
    bands = PlaneBands(conv.output)
    bounds = ActivationBounds(conv.activation)
    input = operands.constantFloats(0)
    weights = UnsafeRawPointer(operands[1])
    bias = operands.constantFloats(2)
    output = operands.floats(3)
    epilogue = EpilogueCall(
      conv.epilogue, layout: conv.output, output: output, operands: operands)
  }

  private func compute(item: Int, workspace: UnsafeMutableRawPointer) {
    let band = bands.band(ofItem: item)
    let layout = conv.input
    let window = conv.window
    let cornerRow: Int = layout.borderTop - window.padTop
    let cornerColumn: Int = layout.borderLeft - window.padLeft
    let corner =
      input + layout.planeOffset(image: band.image, block: band.block)
      + cornerRow * layout.rowStride + cornerColumn * Vector.scalarCount
    let target = output + conv.output.planeOffset(image: band.image, block: band.block)
    let run = DepthwiseRun(
      inputPixelStride: window.strideWidth * Vector.scalarCount,
      kernelHeight: window.kernelHeight, inputRowStep: window.dilationHeight * layout.rowStride,
      kernelWidth: window.kernelWidth,
      inputColumnStep: window.dilationWidth * Vector.scalarCount,
      weights: (weights + conv.packedByteOffset(ofPanel: band.block)).assumingMemoryBound(
        to: Float.self),
      bias: bias.vector(at: band.block * Vector.scalarCount), bounds: bounds)
    for row in band.rows {
      let inputRow: Int = row * window.strideHeight
      run.compute(
        corner + inputRow * layout.rowStride, into: target + conv.output.rowOffset(row),
        pixelCount: conv.output.width)
    }
    epilogue?.apply(
      image: band.image, block: band.block, rows: band.rows, columns: 0..<conv.output.width,
      workspace: workspace)
    BlockedBandWriter(layout: conv.output).finish(
      plane: target, rows: band.rows, usedLanes: conv.output.usedLanes(ofBlock: band.block))
  }
}
