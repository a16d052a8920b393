import Tensors

/// Packed weights of a fully connected layer, group by group of outputs: a header of 64 bytes, whose first
/// four are 1 if all weights of the group are finite and 0 if not, then zeros; the scales of the
/// outputs, where the type has scales; `[input][panel of 16 outputs, or of 8 in a group of 8]`. Outputs that pad a group have zero weights.
extension FullyConnectedDescriptor {
  private static let headerByteCount = 64

  package var outputGroups: OutputGroups { OutputGroups(outputCount: outputCount) }

  package var groupCount: Int { outputGroups.count }

  /// Bytes from the start of a group to its scales, or to its weights where there are none.
  package var scalesByteOffset: Int { Self.headerByteCount }

  /// Bytes from the start of a group to its weights.
  package func weightsByteOffset(ofGroup group: Int) -> Int {
    Self.headerByteCount + outputGroups.outputs(of: group).count * scaleByteCount
  }

  /// Bytes from the start of the packed weights to `group`; `groupCount` gives the end.
  package func packedByteOffset(ofGroup group: Int) -> Int {
    let bytesPerOutput: Int = inputCount * weightType.byteCount + scaleByteCount
    return group * Self.headerByteCount
      + outputGroups.outputs(of: group).lowerBound * bytesPerOutput
  }

  private var scaleByteCount: Int { weightType.hasScales ? MemoryLayout<Float>.size : 0 }

  package func packedWeightsByteCount() throws(TesseraError) -> Int {
    _ = try checkedProduct(outputGroups.paddedOutputCount, inputCount + 1, weightType.byteCount)
    return packedByteOffset(ofGroup: groupCount)
  }

  /// Packs some or all groups.
  ///
  /// - Parameters:
  ///   - source: all weights as floats, of any alignment: `[outputCount][K]` where `transposed` is set
  ///     (as ONNX `transB`), else `[K][outputCount]`.
  ///   - inputOrder: nil if the input's elements are in the order of `K` (then `K = inputCount`).
  ///     Otherwise the input is one image of this layout without a border: `K` counts its elements in
  ///     the order (channel, row, column), and `inputCount` its elements as they lie, with the
  ///     channels that pad the last block, whose weights become 0.
  ///   - destination: receives the groups of the range one after the other, the first at the start.
  ///   - groups: which ones, within `0..<groupCount`; nil packs all.
  /// - Throws: `TesseraError` if the arguments do not fit the descriptor, or a weight is beyond the range
  ///   of the weight type: a finite one that becomes infinite, or one that is not finite as int8 or int24.
  package func packWeights(
    from source: UnsafeRawPointer, transposed: Bool, inputOrder: ImageLayout? = nil,
    into destination: UnsafeMutableRawPointer, groups range: Range<Int>? = nil
  ) throws(TesseraError) {
    _ = try packedWeightsByteCount()
    let range = range ?? 0..<groupCount
    try require(
      range.lowerBound >= 0 && range.upperBound <= groupCount,
      "weight groups \(range) lie outside 0..<\(groupCount)")
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
    for group in range {
      let offset = packedByteOffset(ofGroup: group) - packedByteOffset(ofGroup: range.lowerBound)
      try packGroup(group, matrix, order: order, into: destination + offset)
    }
  }

  private func packGroup(
    _ group: Int, _ matrix: WeightMatrix, order: ImageLayout,
    into destination: UnsafeMutableRawPointer
  ) throws(TesseraError) {
    let outputs = outputGroups.outputs(of: group)
    let width = min(outputs.count, OutputPanels.fullWidth)
    let rowByteCount: Int = outputs.count * weightType.byteCount
    var vectors = stride(from: outputs.lowerBound, to: outputs.upperBound, by: kernelLaneCount)
      .map { output in
        let (panel, offset) = (output - outputs.lowerBound).quotientAndRemainder(dividingBy: width)
        return GroupVector(
          matrix, byteOffset: panel * width * weightType.byteCount,
          WeightWriter(
            type: weightType, firstOutput: output, panelWidth: width, offset: offset))
      }
    let weights = destination + weightsByteOffset(ofGroup: group)
    // The weights of as many inputs as stay in the caches while one vector of outputs after the other is read.
    var sources: [Int?] = []
    for start in stride(from: 0, to: inputCount, by: 256) {
      sources.removeAll(keepingCapacity: true)
      for input in start..<min(start + 256, inputCount) {
        sources.append(order.denseIndex(ofElement: input))
      }
      for index in vectors.indices {
        var target = weights + (start * rowByteCount + vectors[index].byteOffset)
        for source in sources {
          try vectors[index].write(matrix, input: source, to: target)
          target += rowByteCount
        }
      }
    }
    destination.initializeMemory(as: UInt8.self, repeating: 0, count: Self.headerByteCount)
    destination.storeBytes(of: vectors.allSatisfy(\.isFinite) ? 1 : 0, as: UInt32.self)
    guard weightType.hasScales else { return }
    for (index, vector) in vectors.enumerated() {
      (destination + (scalesByteOffset + index * MemoryLayout<SIMD8<Float>>.size)).storeBytes(
        of: vector.scales, as: SIMD8<Float>.self)
    }
  }
}

extension ImageLayout {
  /// Where an element of one image as it lies is in the order (channel, row, column); nil for the padding of
  /// the last channel block.
  fileprivate func denseIndex(ofElement element: Int) -> Int? {
    let (place, lane) = element.quotientAndRemainder(dividingBy: channelBlock)
    let pixelCount: Int = height * width
    let (block, pixel) = place.quotientAndRemainder(dividingBy: pixelCount)
    let channel: Int = block * channelBlock + lane
    return channel < channels ? channel * pixelCount + pixel : nil
  }
}

/// 8 outputs of a group.
private struct GroupVector {
  let scales: SIMD8<Float>
  /// Bytes from the start of an input's weights to those of the panel.
  let byteOffset: Int
  private let writer: WeightWriter
  private let outputs: Range<Int>
  /// Zero times every weight so far: 0 as long as all are finite.
  private var zeros = SIMD8<Float>.zero

  init(_ matrix: WeightMatrix, byteOffset: Int, _ writer: WeightWriter) {
    self.byteOffset = byteOffset
    self.writer = writer
    outputs =
      writer.firstOutput..<min(writer.firstOutput + kernelLaneCount, matrix.outputCount)
    scales =
      writer.type.hasScales
      ? WeightWriter.scales(maxima: matrix.maxima(of: outputs), type: writer.type) : .zero
  }

  var isFinite: Bool { all(zeros .== 0) }

  /// Writes the weights of an input, zeros for none, among those of the panel.
  mutating func write(
    _ matrix: WeightMatrix, input: Int?, to panel: UnsafeMutableRawPointer
  ) throws(TesseraError) {
    let weights = input.map { matrix.weights(ofInput: $0, outputs: outputs) } ?? .zero
    zeros += weights * 0
    try writer.write(SIMD8<Double>(weights), scales: scales, to: panel)
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
  func weights(ofInput input: Int, outputs: Range<Int>) -> SIMD8<Float> {
    let source = elements + (input * inputStride + outputs.lowerBound * outputStride)
    var weights = SIMD8<Float>.zero
    if outputs.count == kernelLaneCount {
      for lane in 0..<kernelLaneCount { weights[lane] = source[lane * outputStride] }
    } else {
      for lane in 0..<outputs.count { weights[lane] = source[lane * outputStride] }
    }
    return weights
  }

  /// The largest magnitude of each output's weights, NaN aside, then zeros.
  func maxima(of outputs: Range<Int>) -> SIMD8<Double> {
    var maxima = SIMD8<Float>.zero
    if inputStride == 1 {
      for (lane, output) in outputs.enumerated() {
        maxima[lane] = largestMagnitude(elements + output * outputStride)
      }
    } else {
      for input in 0..<inputCount {
        maxima.raise(toMagnitudesOf: weights(ofInput: input, outputs: outputs))
      }
    }
    return SIMD8<Double>(maxima)
  }

  /// The largest magnitude of the weights of one output, which lie one after the other.
  private func largestMagnitude(_ row: UnalignedFloats) -> Float {
    var largest = SIMD8<Float>.zero
    let vectorCount = inputCount / kernelLaneCount
    for vector in 0..<vectorCount {
      largest.raise(toMagnitudesOf: row.vector(at: vector * kernelLaneCount))
    }
    var tail = SIMD8<Float>.zero
    for input in vectorCount * kernelLaneCount..<inputCount {
      tail[input - vectorCount * kernelLaneCount] = row[input]
    }
    largest.raise(toMagnitudesOf: tail)
    return largest.max()
  }
}

extension SIMD8<Float> {
  @inline(__always)
  fileprivate mutating func raise(toMagnitudesOf weights: Self) {
    let magnitudes = weights.replacing(with: -weights, where: weights .< 0)
    replace(with: magnitudes, where: magnitudes .> self)
  }
}
