import KernelInterface
import Tensors

extension CostModel {
  /// Estimated seconds of the gradient of a convolution's weights on one thread: its multiply-adds, or its operands
  /// and sums from and to memory where they take longer.
  ///
  /// - Throws: `TesseraError` if the descriptor is not valid.
  func seconds(_ conv: ConvWeightGradientDescriptor) throws(TesseraError) -> Double {
    let requirements = try conv.requirements()
    let pixels = Double(conv.gradient.batch) * Double(conv.gradient.height * conv.gradient.width)
    let sums = Double(requirements.operands[3].byteCount) / Double(MemoryLayout<Float>.size)
    let tiling = ConvWeightGradientTiling(conv)
    let products = pixels * sums / Double(max(1, tiling.pieces.partCount))
    return max(
      products / Double(kernelLaneCount) * multiplyAddSeconds,
      memorySeconds(requirements))
  }

  /// The same by Winograd's algorithm: its products, the transforms, whose results leave the caches, and the sums
  /// from and to memory.
  ///
  /// - Throws: `TesseraError` if the descriptor is not valid.
  func seconds(_ conv: WinogradWeightGradientDescriptor) throws(TesseraError) -> Double {
    _ = try conv.requirements()
    let tiling = WinogradWeightGradientTiling(conv)
    let points = Double(WinogradWeightGradientTiling.pointCount)
    let tiles = Double(conv.gradient.batch) * Double(tiling.rowCount * tiling.columnCount)
    let sums = points * Double(tiling.sumsPointStride) / Double(kernelLaneCount)
    let vectors = Double(conv.input.channelBlockCount + conv.gradient.channelBlockCount)
    let vectorSeconds = Double(kernelLaneCount * MemoryLayout<Float>.size) / memoryBytesPerSecond
    return tiles * sums * multiplyAddSeconds
      + tiles * points * vectors * (transformSeconds + spillSeconds)
      + Double(2 * max(1, tiling.waves.partCount)) * sums * vectorSeconds
  }

  private func memorySeconds(_ requirements: KernelRequirements) -> Double {
    requirements.operands.reduce(0) { $0 + Double($1.byteCount) } / memoryBytesPerSecond
  }
}
