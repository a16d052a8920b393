import Tensors

/// The gradient of a max-pooling's images in channel blocks: each element of the gradient of the pooled images goes
/// to the first element of its window inside the image, row by row, that equals the maximum; of a maximum NaN to
/// the first NaN. What overlapping windows give is added in the order of the windows, row by row.
///
/// Operands: input and pooled, as the pooling read and wrote them, gradient of the pooled images, output; each of
/// its layout.
package struct MaxPoolGradientDescriptor: ImageKernelDescriptor {
  package static let kernelName = "max-pool-gradient"

  package var input = ImageLayout()
  package var pooled = ImageLayout()
  package var gradient = ImageLayout()
  package var output = ImageLayout()
  package var window = SlidingWindow()

  package init() {}

  package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    try input.visitFields("input", &visitor)
    try pooled.visitFields("pooled", &visitor)
    try gradient.visitFields("gradient", &visitor)
    try output.visitFields("output", &visitor)
    try window.visitFields(&visitor)
  }

  package func requirements() throws(TesseraError) -> KernelRequirements {
    let layouts = [input, pooled, gradient, output]
    try require(
      layouts.allSatisfy { $0.channelBlock == kernelLaneCount },
      "\(Self.kernelName) takes channel blocks of \(kernelLaneCount)")
    let (read, written) = try requireSameImages(Self.kernelName, input, output, sameBlock: true)
    let (result, change) = try requireSameImages(
      Self.kernelName, pooled, gradient, sameBlock: true)
    _ = try requireSameChannels(Self.kernelName, input, pooled)
    // Positions of windows are computed, wherever they lie.
    _ = try checkedProduct(pooled.height, window.strideHeight, kernelLaneCount)
    _ = try checkedProduct(pooled.width, window.strideWidth, kernelLaneCount)
    return KernelRequirements(
      operands: [
        read, OperandRequirement("pooled", .read, byteCount: result.byteCount),
        OperandRequirement("gradient", .read, byteCount: change.byteCount), written,
      ],
      floatOperationCount: try checkedProduct(
        pooled.batch, pooled.channels, pooled.height, pooled.width,
        min(window.kernelHeight, input.height), min(window.kernelWidth, input.width)))
  }
}
