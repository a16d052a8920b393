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
    let filters = FilterVector(
      elements: source, inputCount: input.channels,
      tapCount: shape.rows.kernelExtent * shape.columns.kernelExtent,
      outputs: firstChannel..<min(firstChannel + kernelLaneCount, output.channels))
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
}

/// The filters of at most 8 output channels, as the model stores them.
private struct FilterVector {
  let elements: UnalignedFloats
  let inputCount: Int
  let tapCount: Int
  let outputs: Range<Int>

  /// Zeros for an input channel or an output channel that is padding.
  func readTaps(ofInput channel: Int, into vectors: inout FilterTransform.Vectors) {
    for tap in 0..<tapCount { vectors.taps[tap] = .zero }
    guard channel < inputCount else { return }
    for (lane, output) in outputs.enumerated() {
      let filter = elements + (output * inputCount + channel) * tapCount
      for tap in 0..<tapCount { vectors.taps[tap][lane] = Double(filter[tap]) }
    }
  }
}

/// `G·g·Gᵀ` of 8 filters at a time, first down the columns, then along the rows.
private struct FilterTransform {
  /// What a transform reads and writes, in one place because it is too much to be passed by value.
  struct Vectors {
    /// `g`, row by row.
    var taps = InlineArray<49, SIMD8<Double>>(repeating: .zero)
    /// A row of `G·g`.
    var line = InlineArray<7, SIMD8<Double>>(repeating: .zero)
    var points = InlineArray<64, SIMD8<Double>>(repeating: .zero)
    var maxima = InlineArray<64, SIMD8<Double>>(repeating: .zero)
  }

  private let shape: WinogradShape
  /// `G`, a row a point.
  private let rows: [Double]
  private let columns: [Double]

  init(_ shape: WinogradShape) {
    self.shape = shape
    rows = Self.matrix(shape.rows)
    columns = Self.matrix(shape.columns)
  }

  private static func matrix(_ axis: WinogradAxis) -> [Double] {
    WinogradMatrices(axis).filter.flatMap { row in
      row.prefix(axis.kernelExtent).map(\.doubleValue)
    }
  }

  /// From taps to points.
  func apply(to vectors: inout Vectors) {
    let height = shape.rows.kernelExtent
    let width = shape.columns.kernelExtent
    for row in 0..<shape.rows.inputExtent {
      for x in 0..<width {
        var sum = vectors.taps[x] * rows[row * height]
        for y in 1..<max(1, height) { sum += vectors.taps[y * width + x] * rows[row * height + y] }
        vectors.line[x] = sum
      }
      for column in 0..<shape.columns.inputExtent {
        var sum = vectors.line[0] * columns[column * width]
        for x in 1..<max(1, width) { sum += vectors.line[x] * columns[column * width + x] }
        vectors.points[row * shape.columns.inputExtent + column] = sum
      }
    }
  }

  /// The largest magnitudes at each point over all input channels, NaN aside.
  func computeMaxima(of filters: FilterVector, by vectors: inout Vectors) {
    for point in 0..<shape.pointCount { vectors.maxima[point] = .zero }
    for channel in 0..<filters.inputCount {
      filters.readTaps(ofInput: channel, into: &vectors)
      apply(to: &vectors)
      for point in 0..<shape.pointCount {
        vectors.maxima[point].raise(toMagnitudesOf: vectors.points[point])
      }
    }
  }
}
