import KernelInterface

extension CostModel {
  /// Estimated seconds of a direct convolution on one thread: its multiply-adds, or its weights from
  /// memory where they take longer.
  func seconds(_ conv: ConvDirectDescriptor) -> Double {
    let pixels = Double(conv.output.batch) * Double(conv.convHeight) * Double(conv.convWidth)
    let taps = Double(conv.window.kernelHeight) * Double(conv.window.kernelWidth)
    let weights =
      taps * paddedChannels(conv.input) / Double(conv.groups) * vectors(conv.output)
    return max(pixels * weights * multiplyAddSeconds, memorySeconds(vectors: weights))
  }

  /// Estimated seconds of a Winograd convolution on one thread.
  func seconds(_ conv: ConvWinogradDescriptor) -> Double {
    let extent = conv.tile.outputExtent
    let tiles =
      Double(conv.output.batch) * Double(ceilingQuotient(conv.convHeight, extent))
      * Double(ceilingQuotient(conv.convWidth, extent))
    let points = Double(conv.tile.pointCount)
    let weights = points * paddedChannels(conv.input) * vectors(conv.output)
    let transformed = tiles * points * (vectors(conv.input) + vectors(conv.output))

    let common =
      tiles * weights * multiplyAddSeconds + transformed * transformSeconds
      + memorySeconds(vectors: weights)
    switch conv.schedule {
    case .phased:
      return common + transformed * spillSeconds
    case .fused:
      let blocks = (tiles / Double(conv.tilesPerBlock)).rounded(.up)
      guard blocks > 0 else { return common }
      let inputs = tiles * points * vectors(conv.input)
      let isSpilled = byteCount(ofVectors: inputs / blocks) > Double(privateCacheByteCount)
      let rereads = isSpilled ? inputs * vectors(conv.output) / 2 * rereadSeconds : 0
      let reread = (blocks - 1) * weights
      let isStreamed = byteCount(ofVectors: weights) > Double(sharedCacheByteCount)
      return common + rereads
        + (isStreamed ? memorySeconds(vectors: reread) : reread * sharedCacheSeconds)
    }
  }

  private func memorySeconds(vectors: Double) -> Double {
    byteCount(ofVectors: vectors) / memoryBytesPerSecond
  }

  private func byteCount(ofVectors count: Double) -> Double {
    count * Double(kernelLaneCount * MemoryLayout<Float>.size)
  }

  private func vectors(_ image: ImageLayout) -> Double {
    Double(ceilingQuotient(image.channels, kernelLaneCount))
  }

  private func paddedChannels(_ image: ImageLayout) -> Double {
    Double(image.channelBlockCount) * Double(image.channelBlock)
  }
}
