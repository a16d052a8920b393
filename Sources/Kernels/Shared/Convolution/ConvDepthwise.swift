import KernelInterface
import KernelVectors

/// Depthwise convolution; the contract is `ConvDepthwiseDescriptor`'s, the packing of the weights
/// `packWeights`'. A work item is a band of rows of one channel block of one image, or some small planes.
final class ConvDepthwise {
  private let conv: ConvDepthwiseDescriptor
  private let bounds: ActivationBounds
  private let input: UnsafePointer<Float>
  private let weights: UnsafeRawPointer
  private let bias: UnsafePointer<Float>
  private let output: UnsafeMutablePointer<Float>
  private let epilogue: EpilogueCall?

  static let kernel = Kernel(ConvDepthwiseDescriptor.self) { conv, operands in
    let call = ConvDepthwise(conv, operands)
    return [PlaneBands(conv.output).phase { call.compute($0, workspace: $1) }]
  }

  init(_ conv: ConvDepthwiseDescriptor, _ operands: [UnsafeMutableRawPointer]) {
    self.conv = conv
    bounds = ActivationBounds(conv.activation)
    input = operands.constantFloats(0)
    weights = UnsafeRawPointer(operands[1])
    bias = operands.constantFloats(2)
    output = operands.floats(3)
    epilogue = EpilogueCall(
      conv.epilogue, layout: conv.output, output: output, operands: operands)
  }

  private func compute(_ band: PlaneBands.Band, workspace: UnsafeMutableRawPointer) {
    let layout = conv.input
    let window = conv.window
    let firstRow: Int =
      layout.borderTop - window.padTop + band.rows.lowerBound * window.strideHeight
    compute(
      band,
      from: input + layout.planeOffset(image: band.image, block: band.block)
        + firstRow * layout.rowStride,
      workspace: workspace)
  }

  /// - Parameter source: the first row that the windows of the band cover, its border included.
  func compute(
    _ band: PlaneBands.Band, from source: UnsafePointer<Float>, workspace: UnsafeMutableRawPointer
  ) {
    let layout = conv.input
    let window = conv.window
    let cornerColumn: Int = layout.borderLeft - window.padLeft
    let target = output + conv.output.planeOffset(image: band.image, block: band.block)
    let run = DepthwiseRun(
      inputPixelStride: window.strideWidth * Vector.scalarCount,
      inputRowStride: window.strideHeight * layout.rowStride,
      outputRowStride: conv.output.rowStride, kernelHeight: window.kernelHeight,
      inputRowStep: window.dilationHeight * layout.rowStride,
      kernelWidth: window.kernelWidth,
      inputColumnStep: window.dilationWidth * Vector.scalarCount,
      weights: (weights + conv.packedByteOffset(ofPanel: band.block)).assumingMemoryBound(
        to: Float.self),
      bias: bias.vector(at: band.block * Vector.scalarCount), bounds: bounds)
    let results = target + conv.output.rowOffset(band.rows.lowerBound)
    run.compute(
      source + cornerColumn * Vector.scalarCount, into: results, rowCount: band.rows.count,
      pixelCount: conv.output.width)
    if let program = epilogue?.resultProgram {
      program.apply(
        to: results, runCount: band.rows.count, runStride: conv.output.rowStride,
        count: conv.output.width * Vector.scalarCount)
    } else {
      epilogue?.apply(
        image: band.image, block: band.block, rows: band.rows, columns: 0..<conv.output.width,
        workspace: workspace)
    }
    BlockedBandWriter(layout: conv.output).finish(
      plane: target, rows: band.rows, usedLanes: conv.output.usedLanes(ofBlock: band.block))
  }
}
