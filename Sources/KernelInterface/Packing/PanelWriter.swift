import Tensors

/// Writes a panel of weights in their stored type: the scale of each output, where there are scales, then
/// `[input][panel width]`.
struct PanelWriter {
  private static let largestMultiple: Float = 127

  private let type: WeightType
  private let firstOutput: Int
  private let scales: [Float]
  /// Where the next input's weights go.
  private var target: UnsafeMutableRawPointer

  /// - Parameters:
  ///   - maxima: the largest magnitudes of the weights of each of the panel's outputs; empty for a type
  ///     without scales.
  ///   - firstOutput: the panel's first output, for errors.
  init(
    _ type: WeightType, maxima: [Float], firstOutput: Int, into target: UnsafeMutableRawPointer
  ) {
    self.type = type
    self.firstOutput = firstOutput
    scales = maxima.map { $0 / Self.largestMultiple }
    self.target = target
    scales.withUnsafeBytes { bytes in
      if let start = bytes.baseAddress {
        target.copyMemory(from: start, byteCount: bytes.count)
      }
      self.target += bytes.count
    }
  }

  /// Writes the weights of the next input, one for each output of the panel.
  ///
  /// - Throws: `TesseraError` if one of them is beyond the range of the type.
  mutating func write(_ row: [Float]) throws(TesseraError) {
    switch type {
    case .float32:
      for weight in row { append(weight) }
    case .float16:
      for (index, weight) in row.enumerated() {
        let stored = Float16(weight)
        if stored.isInfinite && weight.isFinite { throw beyondRange(weight, index, "float16") }
        append(stored)
      }
    case .bfloat16:
      for (index, weight) in row.enumerated() {
        let stored = weight.bfloat16Bits
        if Float(bfloat16Bits: stored).isInfinite && weight.isFinite {
          throw beyondRange(weight, index, "bfloat16")
        }
        append(stored)
      }
    case .int8:
      for (index, weight) in row.enumerated() {
        guard weight.isFinite else { throw beyondRange(weight, index, "int8") }
        append(multiple(of: scales[index], nearest: weight))
      }
    }
  }

  /// Where the scale is 0, all weights of the output are so small that 0 is the nearest.
  private func multiple(of scale: Float, nearest weight: Float) -> Int8 {
    guard scale > 0 else { return 0 }
    let multiple = (weight / scale).rounded(.toNearestOrEven)
    return Int8(min(max(multiple, -Self.largestMultiple), Self.largestMultiple))
  }

  private mutating func append<Element: BitwiseCopyable>(_ element: Element) {
    target.storeBytes(of: element, as: Element.self)
    target += MemoryLayout<Element>.size
  }

  private func beyondRange(_ weight: Float, _ index: Int, _ type: String) -> TesseraError {
    TesseraError(
      .invalidInput, "weight \(weight) of output \(firstOutput + index) is beyond \(type)'s range")
  }
}
