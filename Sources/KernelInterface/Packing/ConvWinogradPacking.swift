import Tensors

/// Transformed weights `U = G·g·Gᵀ`: for every panel of output channels `[point][input channel][panel
/// width]`, with the input channels of whole blocks. Channels that pad a block or a panel have zero
/// weights.
extension ConvWinogradDescriptor {
  package var outputPanels: OutputPanels { OutputPanels(channelCount: output.channels) }

  package var panelCount: Int { outputPanels.count }

  /// Input channels with those that pad the last block.
  package var paddedInputChannelCount: Int { input.channelBlockCount * input.channelBlock }

  /// Elements from the start of the packed weights to those of `panel`; `panelCount` gives the end.
  package func packedOffset(ofPanel panel: Int) -> Int {
    let channels = min(outputPanels.firstChannel(of: panel), outputPanels.paddedChannelCount)
    return channels * paddedInputChannelCount * tile.pointCount
  }

  /// - Throws: `TesseraError` if the descriptor is not valid.
  package func packedWeightsByteCount() throws(TesseraError) -> Int {
    try validateChannels()
    return try checkedProduct(
      outputPanels.paddedChannelCount, paddedInputChannelCount, tile.pointCount,
      MemoryLayout<Float>.size)
  }

  /// Transforms and packs some or all panels. The transform is computed in Float64 and rounded once.
  ///
  /// - Parameters:
  ///   - source: all weights as floats, of any alignment, `[outChannels][inChannels][3][3]`.
  ///   - destination: receives the panels of the range one after the other, the first at the start.
  ///   - panels: which ones, within `0..<panelCount`; nil packs all.
  package func packWeights(
    from source: UnsafeRawPointer, into destination: UnsafeMutablePointer<Float>,
    panels range: Range<Int>? = nil
  ) throws(TesseraError) {
    _ = try packedWeightsByteCount()
    let range = range ?? 0..<panelCount
    try require(
      range.lowerBound >= 0 && range.upperBound <= panelCount,
      "weight panels \(range) lie outside 0..<\(panelCount)")
    let transform = FilterTransform(tile)
    let panels = outputPanels
    let start = packedOffset(ofPanel: range.lowerBound)
    for panel in range {
      let width = panels.width(of: panel)
      for vector in 0..<width / kernelLaneCount {
        let channel = panels.firstChannel(of: panel) + vector * kernelLaneCount
        packVector(
          transform, source: UnalignedFloats(source), firstChannel: channel, panelWidth: width,
          into: destination + (packedOffset(ofPanel: panel) - start) + vector * kernelLaneCount)
      }
    }
  }

  /// Packs the weights of 8 output channels from `firstChannel` on, fewer at the end.
  private func packVector(
    _ transform: FilterTransform, source: UnalignedFloats, firstChannel: Int,
    panelWidth: Int, into destination: UnsafeMutablePointer<Float>
  ) {
    let outCount: Int = min(kernelLaneCount, output.channels - firstChannel)
    let pointStride: Int = paddedInputChannelCount * panelWidth
    for channel in 0..<paddedInputChannelCount {
      var taps = FilterTransform.Taps(repeating: .zero)
      if channel < input.channels {
        for out in 0..<outCount {
          let filter: Int = (firstChannel + out) * input.channels + channel
          for tap in 0..<9 { taps[tap][out] = Double(source[filter * 9 + tap]) }
        }
      }
      transform.apply(to: taps, into: destination + channel * panelWidth, stride: pointStride)
    }
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

  /// Stores the vectors of all points, `stride` elements apart.
  func apply(to taps: Taps, into target: UnsafeMutablePointer<Float>, stride: Int) {
    for row in 0..<extent {
      let weights = matrix[row]
      let left = taps[0] * weights.x + taps[3] * weights.y + taps[6] * weights.z
      let middle = taps[1] * weights.x + taps[4] * weights.y + taps[7] * weights.z
      let right = taps[2] * weights.x + taps[5] * weights.y + taps[8] * weights.z
      for column in 0..<extent {
        let weights = matrix[column]
        let value = SIMD8<Float>(left * weights.x + middle * weights.y + right * weights.z)
        let offset: Int = (row * extent + column) * stride
        for lane in 0..<kernelLaneCount { target[offset + lane] = value[lane] }
      }
    }
  }
}
