import Tensors

/// Packed weights of a fully connected layer: for every panel of output channels `[input][panel
/// width]`. Channels that pad a panel have zero weights.
extension FullyConnectedDescriptor {
  package var outputPanels: OutputPanels { OutputPanels(channelCount: outputCount) }

  package var panelCount: Int { outputPanels.count }

  /// Elements from the start of the packed weights to those of `panel`.
  package func packedOffset(ofPanel panel: Int) -> Int {
    outputPanels.firstChannel(of: panel) * inputCount
  }

  package func packedWeightsByteCount() throws(TesseraError) -> Int {
    try checkedProduct(
      outputPanels.paddedChannelCount, inputCount, MemoryLayout<Float>.size)
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
  package func packWeights(
    from source: UnsafeRawPointer, transposed: Bool, inputOrder: ImageLayout? = nil,
    into destination: UnsafeMutablePointer<Float>, panels range: Range<Int>? = nil
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
    let outputStride: Int = transposed ? sourceCount : 1
    let inputStride: Int = transposed ? 1 : outputCount
    let floats = UnalignedFloats(source)
    var target = destination
    for panel in range {
      let first = outputPanels.firstChannel(of: panel)
      let width = outputPanels.width(of: panel)
      target = Self.packPanel(
        source: floats + first * outputStride, outputStride: outputStride, inputStride: inputStride,
        order: order, usedWidth: min(width, outputCount - first), width: width, into: target)
    }
  }

  /// Returns the end of what it wrote.
  private static func packPanel(
    source: UnalignedFloats, outputStride: Int, inputStride: Int, order: ImageLayout,
    usedWidth: Int, width: Int, into destination: UnsafeMutablePointer<Float>
  ) -> UnsafeMutablePointer<Float> {
    let pixelCount: Int = order.height * order.width
    let lanes: Int = order.channelBlock
    var target = destination
    for block in 0..<order.channelBlockCount {
      for pixel in 0..<pixelCount {
        for lane in 0..<lanes {
          let channel = block * lanes + lane
          let isUsed = channel < order.channels
          let from = source + (isUsed ? (channel * pixelCount + pixel) * inputStride : 0)
          let copiedCount = isUsed ? usedWidth : 0
          for out in 0..<copiedCount { target[out] = from[out * outputStride] }
          for out in copiedCount..<width { target[out] = 0 }
          target += width
        }
      }
    }
    return target
  }
}
