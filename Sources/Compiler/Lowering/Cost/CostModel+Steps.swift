import KernelInterface
import Tensors

extension CostModel {
  /// Estimated seconds of one call of any kernel on one thread.
  ///
  /// Convolutions in channel blocks are estimated as their kernels work. Any other kernel takes the
  /// longer of its multiply-adds at the rate of a product and its operands from and to memory, as in
  /// the roofline model (Williams, Waterman and Patterson, 2009).
  ///
  /// - Throws: `TesseraError` if there is no such kernel or the descriptor is not valid.
  package func seconds(
    _ call: KernelCall, kernels: KernelTable
  ) throws(TesseraError) -> Double {
    let requirements = try kernels.requirements(of: call)
    if let estimate = Self.estimates[call.kernel] { return try estimate(self, call.descriptor) }
    let byteCount = requirements.operands.reduce(0) { $0 + Double($1.byteCount) }
    let multiplyAdds = Double(requirements.floatOperationCount) / 2
    return max(
      multiplyAdds / Double(kernelLaneCount) * multiplyAddSeconds,
      byteCount / memoryBytesPerSecond)
  }

  private typealias Estimate =
    @Sendable (CostModel, [Int64]) throws(TesseraError) -> Double

  /// Of the kernels whose work is not that of their definition.
  private static let estimates: [String: Estimate] = [
    ConvDirectDescriptor.kernelName: { model, words throws(TesseraError) in
      model.seconds(try ConvDirectDescriptor(decoding: words))
    },
    ConvBandsDescriptor.kernelName: { model, words throws(TesseraError) in
      model.seconds(try ConvBandsDescriptor(decoding: words))
    },
    WinogradBandsDescriptor.kernelName: { model, words throws(TesseraError) in
      try model.seconds(WinogradBandsDescriptor(decoding: words))
    },
    ConvWeightGradientDescriptor.kernelName: { model, words throws(TesseraError) in
      try model.seconds(ConvWeightGradientDescriptor(decoding: words))
    },
    WinogradWeightGradientDescriptor.kernelName: { model, words throws(TesseraError) in
      try model.seconds(WinogradWeightGradientDescriptor(decoding: words))
    },
    ConvWinogradDescriptor.kernelName: { model, words throws(TesseraError) in
      try model.seconds(ConvWinogradDescriptor(decoding: words))
    },
  ]
}
