import Tensors

/// Packed weights of the direct convolution: for every group, for every panel of its output channels,
/// `[input channel block][kernel row][kernel column][lane][panel width]`. Channels that pad a block or
/// a panel have zero weights.
extension ConvDirectDescriptor {
  package var outputPanelsOfGroup: OutputPanels {
    OutputPanels(channelCount: output.channels / groups)
  }

  /// Panels of all groups.
  package var panelCount: Int { groups * outputPanelsOfGroup.count }

  /// Input channel blocks that one group reads.
  package var inputBlocksPerGroup: Int {
    ceilingQuotient(input.channels / groups, input.channelBlock)
  }

  /// Weights that a panel has for each of its output channels.
  package var weightsPerOutputChannel: Int {
    inputBlocksPerGroup * input.channelBlock * window.kernelHeight * window.kernelWidth
  }

  /// Bytes from the start of the packed weights to those of `panel`; `panelCount` gives the end.
  package func packedByteOffset(ofPanel panel: Int) -> Int {
    let panels = outputPanelsOfGroup
    let (group, index) = panel.quotientAndRemainder(dividingBy: panels.count)
    let channels = group * panels.paddedChannelCount + panels.firstChannel(of: index)
    return channels * weightsPerOutputChannel * MemoryLayout<Float>.size
  }

  /// - Throws: `TesseraError` if the descriptor is not valid.
  package func packedWeightsByteCount() throws(TesseraError) -> Int {
    try validateChannels()
    return try checkedProduct(
      groups, outputPanelsOfGroup.paddedChannelCount, inputBlocksPerGroup, input.channelBlock,
      window.kernelHeight, window.kernelWidth, MemoryLayout<Float>.size)
  }

  /// Packs some or all panels.
  ///
  /// - Parameters:
  ///   - source: all weights as floats, of any alignment,
  ///     `[outChannels][inChannels / groups][kernelHeight][kernelWidth]`.
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
    let panels = outputPanelsOfGroup
    let floats = UnalignedFloats(source)
    var target = destination.assumingMemoryBound(to: Float.self)
    for panel in range {
      let (group, index) = panel.quotientAndRemainder(dividingBy: panels.count)
      let first = panels.firstChannel(of: index)
      target = packPanel(
        source: floats + (group * panels.channelCount + first) * sourceWeightsPerOutputChannel,
        channelCount: min(panels.channelCount - first, panels.width(of: index)),
        panelWidth: panels.width(of: index), into: target)
    }
  }

  private var sourceWeightsPerOutputChannel: Int {
    input.channels / groups * window.kernelHeight * window.kernelWidth
  }

  /// Returns the end of what it wrote.
  private func packPanel(
    source: UnalignedFloats, channelCount: Int, panelWidth: Int,
    into destination: UnsafeMutablePointer<Float>
  ) -> UnsafeMutablePointer<Float> {
    let inChannels: Int = input.channels / groups
    let tapCount: Int = window.kernelHeight * window.kernelWidth
    let stride: Int = sourceWeightsPerOutputChannel
    let lanes: Int = input.channelBlock
    var target = destination
    for block in 0..<inputBlocksPerGroup {
      for tap in 0..<tapCount {
        for lane in 0..<lanes {
          let channel = block * lanes + lane
          let usedCount = channel < inChannels ? channelCount : 0
          let from = source + min(channel, inChannels - 1) * tapCount + tap
          for out in 0..<usedCount { target[out] = from[out * stride] }
          for out in usedCount..<panelWidth { target[out] = 0 }
          target += panelWidth
        }
      }
    }
    return target
  }
}
