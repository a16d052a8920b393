import Tensors

/// Transformed weights `U = G·g·Gᵀ` (`G·g` where the window has one row or column), panel by panel: `[point][panel width]` scales, where the type has
/// scales, then `[point][input channel][panel width]`, with the input channels of whole blocks. Channels
/// that pad a block or a panel have zero weights. Every part's size is a multiple of 64 bytes.
extension ConvWinogradDescriptor {
  package var outputPanels: OutputPanels { OutputPanels(channelCount: output.channels) }

  package var panelCount: Int { outputPanels.count }

  /// Input channels with those that pad the last block.
  package var paddedInputChannelCount: Int { input.channelBlockCount * input.channelBlock }

  /// Bytes from the start of a panel to its weights: those of its scales.
  package func scalesByteCount(ofPanel panel: Int) -> Int {
    outputPanels.width(of: panel) * scalesByteCountPerOutput
  }

  /// Bytes from the start of the packed weights to `panel`; `panelCount` gives the end.
  package func packedByteOffset(ofPanel panel: Int) -> Int {
    let channels = min(outputPanels.firstChannel(of: panel), outputPanels.paddedChannelCount)
    let weightsPerOutput: Int = paddedInputChannelCount * shape.pointCount
    return channels * (weightsPerOutput * weightType.byteCount + scalesByteCountPerOutput)
  }

  private var scalesByteCountPerOutput: Int {
    weightType.hasScales ? shape.pointCount * MemoryLayout<Float>.size : 0
  }

  /// - Throws: `TesseraError` if the descriptor is not valid.
  package func packedWeightsByteCount() throws(TesseraError) -> Int {
    try validateChannels()
    let scaleBytesPerWeight = weightType.hasScales ? MemoryLayout<Float>.size : 0
    _ = try checkedProduct(
      outputPanels.paddedChannelCount, paddedInputChannelCount + 1, shape.pointCount,
      weightType.byteCount + scaleBytesPerWeight)
    return packedByteOffset(ofPanel: panelCount)
  }

  /// Transforms and packs some or all panels. The transform is computed in Float64 and rounded once.
  ///
  /// - Parameters:
  ///   - source: all weights as floats, of any alignment, `[outChannels][inChannels][kernelHeight][kernelWidth]`.
  ///   - destination: receives the panels of the range one after the other, the first at the start.
  ///   - panels: which ones, within `0..<panelCount`; nil packs all.
  /// - Throws: `TesseraError` if the descriptor is not valid, or a transformed weight is beyond the range
  ///   of the weight type: a finite one that becomes infinite as float16 or bfloat16, or one that is not
  ///   finite as int8 or int24.
  package func packWeights(
    from source: UnsafeRawPointer, into destination: UnsafeMutableRawPointer,
    panels range: Range<Int>? = nil
  ) throws(TesseraError) {
    _ = try packedWeightsByteCount()
    let range = range ?? 0..<panelCount
    try require(
      range.lowerBound >= 0 && range.upperBound <= panelCount,
      "weight panels \(range) lie outside 0..<\(panelCount)")
    let transform = FilterTransform(shape)
    let panels = outputPanels
    let start = packedByteOffset(ofPanel: range.lowerBound)
    for panel in range {
      let target = destination + (packedByteOffset(ofPanel: panel) - start)
      for first in stride(from: 0, to: panels.width(of: panel), by: kernelLaneCount) {
        try packVector(
          transform, source: UnalignedFloats(source), panel: panel, offset: first, into: target)
      }
    }
  }

  /// Packs the weights of 8 output channels of a panel, from its channel `offset` on.
  private func packVector(
    _ transform: FilterTransform, source: UnalignedFloats, panel: Int, offset: Int,
    into target: UnsafeMutableRawPointer
  ) throws(TesseraError) {
    let width = outputPanels.width(of: panel)
    let firstChannel = outputPanels.firstChannel(of: panel) + offset
    let filters = filters(source, from: firstChannel)
    let scales = target + offset * MemoryLayout<Float>.size
    let scalesStride: Int = width * MemoryLayout<Float>.size
    var vectors = FilterTransform.Vectors()
    if weightType.hasScales {
      transform.computeMaxima(of: filters, by: &vectors)
      for point in 0..<shape.pointCount {
        (scales + point * scalesStride).storeBytes(
          of: WeightWriter.scales(maxima: vectors.maxima[point], type: weightType),
          as: SIMD8<Float>.self)
      }
    }

    let writer = WeightWriter(
      type: weightType, firstOutput: firstChannel, panelWidth: width, offset: offset,
      noun: "transformed weight")
    let weights = target + scalesByteCount(ofPanel: panel)
    let channelStride: Int = width * weightType.byteCount
    let pointStride: Int = paddedInputChannelCount * channelStride
    for channel in 0..<paddedInputChannelCount {
      filters.readTaps(ofInput: channel, into: &vectors)
      transform.apply(to: &vectors)
      for point in 0..<shape.pointCount {
        try writer.write(
          vectors.points[point],
          scales: weightType.hasScales
            ? (scales + point * scalesStride).loadUnaligned(as: SIMD8<Float>.self) : .zero,
          to: weights + (point * pointStride + channel * channelStride))
      }
    }
  }

  /// The filters of 8 output channels.
  package func filters(_ source: UnalignedFloats, from firstChannel: Int) -> FilterVector {
    FilterVector(
      elements: source, inputCount: input.channels,
      tapCount: shape.rows.kernelExtent * shape.columns.kernelExtent,
      outputs: firstChannel..<min(firstChannel + kernelLaneCount, output.channels))
  }
}
