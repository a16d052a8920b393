import Tensors

/// Packed weights of a fully connected layer, panel by panel: the scales of the panel's outputs, where
/// the type has scales, then `[input][panel width]`. Outputs that pad a panel have zero weights.
extension FullyConnectedDescriptor {
  package var outputPanels: OutputPanels { OutputPanels(channelCount: outputCount) }

  package var panelCount: Int { outputPanels.count }

  /// Bytes from the start of a panel to its weights: those of its scales.
  package func scalesByteCount(ofPanel panel: Int) -> Int {
    weightType.hasScales ? outputPanels.width(of: panel) * MemoryLayout<Float>.size : 0
  }

  /// Bytes from the start of the packed weights to `panel`.
  package func packedByteOffset(ofPanel panel: Int) -> Int {
    let bytesPerOutput: Int =
      inputCount * weightType.byteCount + (weightType.hasScales ? MemoryLayout<Float>.size : 0)
    return outputPanels.firstChannel(of: panel) * bytesPerOutput
  }

  package func packedWeightsByteCount() throws(TesseraError) -> Int {
    let scalesByteCount =
      weightType.hasScales ? outputPanels.paddedChannelCount * MemoryLayout<Float>.size : 0
    return try checkedProduct(outputPanels.paddedChannelCount, inputCount, weightType.byteCount)
      + scalesByteCount
  }

  /// Packs some or all panels.
  ///
  /// - Parameters:
  ///   - source: all weights as floats, of any alignment: `[outputCount][K]` where `transposed` is set
  ///     (as ONNX `transB`), else `[K][outputCount]`.
  ///   - inputOrder: nil if the input's elements are in the order of `K` (then `K = inputCount`).
  ///     Otherwise the input is one image of this layout without a border: `K` counts its elements in
  ///     the order (channel, row, column), and `inputCount` its elements as they lie, with the
  ///     channels that pad the last block, whose weights become 0.
  ///   - destination: receives the panels of the range one after the other, the first at the start.
  ///   - panels: which ones, within `0..<panelCount`; nil packs all.
  /// - Throws: `TesseraError` if the arguments do not fit the descriptor, or a weight is beyond the range
  ///   of the weight type: a finite one that becomes infinite, or one that is not finite as int8.
  package func packWeights(
    from source: UnsafeRawPointer, transposed: Bool, inputOrder: ImageLayout? = nil,
    into destination: UnsafeMutableRawPointer, panels range: Range<Int>? = nil
  ) throws(TesseraError) {
    _ = try packedWeightsByteCount()
    let range = range ?? 0..<panelCount
    try require(
      range.lowerBound >= 0 && range.upperBound <= panelCount,
      "weight panels \(range) lie outside 0..<\(panelCount)")
    let order = inputOrder ?? ImageLayout(batch: 1, channels: inputCount, height: 1, width: 1)
    try require(
      order.batch == 1 && !order.hasBorder, "the input of a fully connected layer has a border")
    let elementCount = try order.byteCount() / MemoryLayout<Float>.size
    try require(
      elementCount == inputCount,
      "an input image of \(elementCount) elements for a fully connected layer of \(inputCount)")

    let sourceCount: Int = order.channels * order.height * order.width
    let matrix = WeightMatrix(
      elements: UnalignedFloats(source), inputCount: sourceCount, outputCount: outputCount,
      inputStride: transposed ? 1 : outputCount, outputStride: transposed ? sourceCount : 1)
    for panel in range {
      let offset = packedByteOffset(ofPanel: panel) - packedByteOffset(ofPanel: range.lowerBound)
      try packPanel(panel, matrix, order: order, into: destination + offset)
    }
  }

  private func packPanel(
    _ panel: Int, _ matrix: WeightMatrix, order: ImageLayout,
    into destination: UnsafeMutableRawPointer
  ) throws(TesseraError) {
    let width = outputPanels.width(of: panel)
    let size: Int = kernelLaneCount * weightType.byteCount
    let vectors = (0..<width / kernelLaneCount).map { vector in
      PanelVector(
        weightType, matrix,
        firstOutput: outputPanels.firstChannel(of: panel) + vector * kernelLaneCount)
    }
    if weightType.hasScales {
      for (index, vector) in vectors.enumerated() {
        (destination + index * MemoryLayout<SIMD8<Float>>.size).storeBytes(
          of: vector.scales, as: SIMD8<Float>.self)
      }
    }
    var target = destination + scalesByteCount(ofPanel: panel)
    let pixelCount: Int = order.height * order.width
    for block in 0..<order.channelBlockCount {
      for pixel in 0..<pixelCount {
        for lane in 0..<order.channelBlock {
          let channel = block * order.channelBlock + lane
          let input = channel < order.channels ? channel * pixelCount + pixel : nil
          for vector in vectors {
            try vector.write(matrix, input: input, to: target)
            target += size
          }
        }
      }
    }
  }
}

/// 8 outputs of a panel.
private struct PanelVector {
  let scales: SIMD8<Float>
  private let writer: WeightWriter
  private let outputs: Range<Int>

  init(_ type: WeightType, _ matrix: WeightMatrix, firstOutput: Int) {
    writer = WeightWriter(type: type, firstOutput: firstOutput)
    outputs = firstOutput..<min(firstOutput + kernelLaneCount, matrix.outputCount)
    scales = type.hasScales ? WeightWriter.scales(maxima: matrix.maxima(of: outputs)) : .zero
  }

  /// Writes the weights of an input, zeros for none.
  func write(
    _ matrix: WeightMatrix, input: Int?, to target: UnsafeMutableRawPointer
  ) throws(TesseraError) {
    let weights = input.map { matrix.weights(ofInput: $0, outputs: outputs) } ?? .zero
    try writer.write(weights, scales: scales, to: target)
  }
}

/// The weights of a layer as the model stores them. Strides are in elements.
private struct WeightMatrix {
  let elements: UnalignedFloats
  let inputCount: Int
  let outputCount: Int
  let inputStride: Int
  let outputStride: Int

  /// The weights of one input for 8 outputs, zeros past the last of them.
  func weights(ofInput input: Int, outputs: Range<Int>) -> SIMD8<Double> {
    let source = elements + (input * inputStride + outputs.lowerBound * outputStride)
    var weights = SIMD8<Double>.zero
    for index in 0..<outputs.count { weights[index] = Double(source[index * outputStride]) }
    return weights
  }

  /// The largest magnitude of each output's weights, NaN aside, then zeros.
  func maxima(of outputs: Range<Int>) -> SIMD8<Double> {
    var maxima = SIMD8<Double>.zero
    for input in 0..<inputCount {
      maxima.raise(toMagnitudesOf: weights(ofInput: input, outputs: outputs))
    }
    return maxima
  }
}
