import KernelInterface
import Tensors

extension CostModel {
  /// Estimated seconds of a direct convolution on one thread: its multiply-adds, or its weights from
  /// memory where they take longer.
  func seconds(_ conv: ConvDirectDescriptor) -> Double {
    let pixels = Double(conv.output.batch) * Double(conv.convHeight) * Double(conv.convWidth)
    let taps = Double(conv.window.kernelHeight) * Double(conv.window.kernelWidth)
    let weights =
      taps * paddedChannels(conv.input) / Double(conv.groups) * vectors(conv.output)
    return max(
      pixels * weights * multiplyAddSeconds, weights * vectorByteCount / memoryBytesPerSecond)
  }

  /// Estimated seconds of two convolutions by bands on one thread: the producer's and the multiply-adds of the
  /// consumer.
  func seconds(_ bands: ConvBandsDescriptor) -> Double {
    let output = bands.consumer.output
    return seconds(bands.producer)
      + Double(output.batch) * vectors(output) * Double(output.height) * Double(output.width)
      * Double(bands.consumer.tapCount) * multiplyAddSeconds
  }

  /// Estimated seconds of a Winograd convolution on one thread, longer where its items would keep some of
  /// `threadCount` threads waiting.
  ///
  /// - Throws: `TesseraError` if the descriptor is not valid.
  func seconds(_ conv: ConvWinogradDescriptor) throws(TesseraError) -> Double {
    let shape = conv.shape
    let tiles =
      Double(conv.output.batch) * Double(ceilingQuotient(conv.convHeight, shape.rows.outputExtent))
      * Double(ceilingQuotient(conv.convWidth, shape.columns.outputExtent))
    let points = Double(shape.pointCount)
    let weights = points * paddedChannels(conv.input) * vectors(conv.output)
    let transformed = tiles * points * (vectors(conv.input) + vectors(conv.output))

    let weightByteCount = Double(try conv.packedWeightsByteCount())
    let blocks = max(1, (tiles / Double(conv.tilesPerBlock)).rounded(.up))
    let widened = conv.weightType == .float32 ? 0 : blocks * weights
    // Weights come while products are computed.
    let products = max(
      tiles * weights * multiplyAddSeconds, weightByteCount / weightBytesPerSecond)
    let passes = shape.isOneDimensional ? 0.5 : 1
    let seconds = products + transformed * passes * transformSeconds + widened * widenSeconds
    switch conv.schedule {
    case .phased:
      let pairs = Double(conv.outputPanels.pairCount)
      return (seconds + transformed * spillSeconds) * imbalance(itemCount: blocks * pairs)
    case .fused:
      let reread = (blocks - 1) * weightByteCount
      let rereadSeconds =
        weightByteCount > Double(sharedCacheByteCount)
        ? reread / weightBytesPerSecond : reread / vectorByteCount * sharedCacheSeconds
      return (seconds + rereadSeconds) * imbalance(itemCount: blocks)
    }
  }

  /// Estimated seconds of two convolutions by bands on one thread: those of both.
  ///
  /// - Throws: `TesseraError` if the consumer is not valid.
  func seconds(_ bands: WinogradBandsDescriptor) throws(TesseraError) -> Double {
    try seconds(bands.producer) + seconds(bands.consumer)
  }

  /// How much longer a step takes than if its equal items could be divided among the threads.
  private func imbalance(itemCount: Double) -> Double {
    let threads = Double(threadCount)
    return (itemCount / threads).rounded(.up) * threads / itemCount
  }

  private var vectorByteCount: Double { Double(kernelLaneCount * MemoryLayout<Float>.size) }

  private func vectors(_ image: ImageLayout) -> Double {
    Double(ceilingQuotient(image.channels, kernelLaneCount))
  }

  private func paddedChannels(_ image: ImageLayout) -> Double {
    Double(image.channelBlockCount) * Double(image.channelBlock)
  }
}
