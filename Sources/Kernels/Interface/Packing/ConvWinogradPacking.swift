import Tensors

/// Transformed weights `U = G·g·Gᵀ`, panel by panel: `[point][panel width]` scales, where the type has
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
    let weightsPerOutput: Int = paddedInputChannelCount * tile.pointCount
    return channels * (weightsPerOutput * weightType.byteCount + scalesByteCountPerOutput)
  }

  private var scalesByteCountPerOutput: Int {
    weightType.hasScales ? tile.pointCount * MemoryLayout<Float>.size : 0
  }

  /// - Throws: `TesseraError` if the descriptor is not valid.
  package func packedWeightsByteCount() throws(TesseraError) -> Int {
    try validateChannels()
    let scaleBytesPerWeight = weightType.hasScales ? MemoryLayout<Float>.size : 0
    _ = try checkedProduct(
      outputPanels.paddedChannelCount, paddedInputChannelCount + 1, tile.pointCount,
      weightType.byteCount + scaleBytesPerWeight)
    return packedByteOffset(ofPanel: panelCount)
  }

  /// Transforms and packs some or all panels. The transform is computed in Float64 and rounded once.
  ///
  /// - Parameters:
  ///   - source: all weights as floats, of any alignment, `[outChannels][inChannels][3][3]`.
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
    let transform = FilterTransform(tile)
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
    let filters = FilterVector(
      elements: source, inputCount: input.channels,
      outputs: firstChannel..<min(firstChannel + kernelLaneCount, output.channels))
    let scales = target + offset * MemoryLayout<Float>.size
    let scalesStride: Int = width * MemoryLayout<Float>.size
    if weightType.hasScales {
      let maxima = transform.maxima(of: filters)
      for point in 0..<tile.pointCount {
        (scales + point * scalesStride).storeBytes(
          of: WeightWriter.scales(maxima: maxima[point], type: weightType), as: SIMD8<Float>.self)
      }
    }

    let writer = WeightWriter(
      type: weightType, firstOutput: firstChannel, panelWidth: width, offset: offset,
      noun: "transformed weight")
    let weights = target + scalesByteCount(ofPanel: panel)
    let channelStride: Int = width * weightType.byteCount
    let pointStride: Int = paddedInputChannelCount * channelStride
    for channel in 0..<paddedInputChannelCount {
      try transform.apply(to: filters.taps(ofInput: channel)) {
        (point, values) throws(TesseraError) in
        try writer.write(
          values,
          scales: weightType.hasScales
            ? (scales + point * scalesStride).loadUnaligned(as: SIMD8<Float>.self) : .zero,
          to: weights + (point * pointStride + channel * channelStride))
      }
    }
  }
}

/// The filters of at most 8 output channels, as the model stores them.
private struct FilterVector {
  let elements: UnalignedFloats
  let inputCount: Int
  let outputs: Range<Int>

  /// Zeros for an input channel or an output channel that is padding.
  func taps(ofInput channel: Int) -> FilterTransform.Taps {
    var taps = FilterTransform.Taps(repeating: .zero)
    guard channel < inputCount else { return taps }
    for (lane, output) in outputs.enumerated() {
      let filter: Int = output * inputCount + channel
      for tap in 0..<9 { taps[tap][lane] = Double(elements[filter * 9 + tap]) }
    }
    return taps
  }
}

/// `G·g·Gᵀ` of 8 filters at a time.
private struct FilterTransform {
  /// `g`, row by row.
  typealias Taps = InlineArray<9, SIMD8<Double>>

  private let extent: Int
  /// `G`, three columns a row; as many rows as `extent`, then zeros.
  private let matrix: InlineArray<8, SIMD3<Double>>

  init(_ tile: WinogradTile) {
    let rows = WinogradMatrices(tile).filter
    extent = tile.inputExtent
    matrix = InlineArray { row in
      guard row < rows.count else { return .zero }
      return SIMD3(rows[row].map(\.doubleValue))
    }
  }

  /// Passes on the vectors of all points.
  @inline(__always)
  func apply<Failure: Error>(
    to taps: Taps, _ receive: (_ point: Int, SIMD8<Double>) throws(Failure) -> Void
  ) throws(Failure) {
    for row in 0..<extent {
      let weights = matrix[row]
      let left = taps[0] * weights.x + taps[3] * weights.y + taps[6] * weights.z
      let middle = taps[1] * weights.x + taps[4] * weights.y + taps[7] * weights.z
      let right = taps[2] * weights.x + taps[5] * weights.y + taps[8] * weights.z
      for column in 0..<extent {
        let weights = matrix[column]
        try receive(
          row * extent + column, left * weights.x + middle * weights.y + right * weights.z)
      }
    }
  }

  /// The largest magnitudes at each point over all input channels, NaN aside.
  func maxima(of filters: FilterVector) -> InlineArray<64, SIMD8<Double>> {
    var maxima = InlineArray<64, SIMD8<Double>>(repeating: .zero)
    for channel in 0..<filters.inputCount {
      apply(to: filters.taps(ofInput: channel)) { point, values in
        maxima[point].raise(toMagnitudesOf: values)
      }
    }
    return maxima
  }
}
