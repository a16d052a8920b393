import Tensors

/// Packed weights of the depthwise convolution: `[channel block][kernel row][kernel column][lane]`, a
/// panel a channel block. Channels that pad the last block have zero weights.
extension ConvDepthwiseDescriptor {
  package var panelCount: Int { output.channelBlockCount }

  /// Weights of one channel.
  package var tapCount: Int { window.kernelHeight * window.kernelWidth }

  /// Bytes from the start of the packed weights to those of a panel.
  package func packedByteOffset(ofPanel panel: Int) -> Int {
    panel * tapCount * output.channelBlock * MemoryLayout<Float>.size
  }

  /// - Throws: `TesseraError` if the size does not fit.
  package func packedWeightsByteCount() throws(TesseraError) -> Int {
    try checkedProduct(
      output.channelBlockCount, window.kernelHeight, window.kernelWidth, output.channelBlock,
      MemoryLayout<Float>.size)
  }

  /// Packs some or all panels.
  ///
  /// - Parameters:
  ///   - source: all weights as floats, of any alignment, `[channels][1][kernelHeight][kernelWidth]`.
  ///   - destination: receives the panels of the range one after the other, the first at the start.
  ///   - panels: which ones, within `0..<panelCount`; nil packs all.
  package func packWeights(
    from source: UnsafeRawPointer, into destination: UnsafeMutableRawPointer,
    panels range: Range<Int>? = nil
  ) throws(TesseraError) {
    _ = try packedWeightsByteCount()
    let range = range ?? 0..<panelCount
    try require(
      range.lowerBound >= 0 && range.upperBound <= panelCount,
      "weight panels \(range) lie outside 0..<\(panelCount)")
    packPanels(range, from: source, into: destination)
  }

  /// The same of a valid descriptor and range. Allocates nothing.
  package func packPanels(
    _ range: Range<Int>, from source: UnsafeRawPointer, into destination: UnsafeMutableRawPointer
  ) {
    let floats = UnalignedFloats(source)
    let lanes = output.channelBlock
    var target = destination.assumingMemoryBound(to: Float.self)
    for panel in range {
      let usedLanes = min(lanes, output.channels - panel * lanes)
      for tap in 0..<tapCount {
        for lane in 0..<lanes {
          target[lane] = lane < usedLanes ? floats[(panel * lanes + lane) * tapCount + tap] : 0
        }
        target += lanes
      }
    }
  }
}
