import Tensors

/// Writes weights in their stored type, those of 8 outputs at a time, each rounded once.
struct WeightWriter {
  private static let largestMultiple = 127.0

  let type: WeightType
  /// The first of the 8 outputs, for errors.
  let firstOutput: Int
  /// What the weights are, for errors.
  var noun = "weight"

  /// The scales for weights of these largest magnitudes.
  static func scales(maxima: SIMD8<Double>) -> SIMD8<Float> {
    SIMD8<Float>(maxima / largestMultiple)
  }

  /// - Parameter scales: of a type that has scales.
  /// - Throws: `TesseraError` if a weight is beyond the range of the type.
  @inline(__always)
  func write(
    _ weights: SIMD8<Double>, scales: SIMD8<Float>, to target: UnsafeMutableRawPointer
  ) throws(TesseraError) {
    switch type {
    case .float32:
      target.storeBytes(of: SIMD8<Float>(weights), as: SIMD8<Float>.self)
    case .float16:
      var stored = SIMD8<UInt16>()
      for lane in weights.indices {
        let half = Float16(weights[lane])
        if half.isInfinite && weights[lane].isFinite {
          throw beyondRange(weights, lane, "float16")
        }
        stored[lane] = half.bitPattern
      }
      target.storeBytes(of: stored, as: SIMD8<UInt16>.self)
    case .bfloat16:
      var stored = SIMD8<UInt16>()
      for lane in weights.indices {
        stored[lane] = weights[lane].bfloat16Bits
        if Float(bfloat16Bits: stored[lane]).isInfinite && weights[lane].isFinite {
          throw beyondRange(weights, lane, "bfloat16")
        }
      }
      target.storeBytes(of: stored, as: SIMD8<UInt16>.self)
    case .int8:
      var stored = SIMD8<Int8>()
      for lane in weights.indices {
        guard Float(weights[lane]).isFinite else { throw beyondRange(weights, lane, "int8") }
        stored[lane] = Self.multiple(of: scales[lane], nearest: weights[lane])
      }
      target.storeBytes(of: stored, as: SIMD8<Int8>.self)
    }
  }

  /// Where the scale is 0, all weights of the output are so small that 0 is the nearest.
  private static func multiple(of scale: Float, nearest weight: Double) -> Int8 {
    guard scale > 0 else { return 0 }
    let multiple = (weight / Double(scale)).rounded(.toNearestOrEven)
    return Int8(min(max(multiple, -largestMultiple), largestMultiple))
  }

  private func beyondRange(_ weights: SIMD8<Double>, _ lane: Int, _ type: String) -> TesseraError {
    let weight = weights[lane]
    let text = Double(Float(weight)) == weight ? "\(Float(weight))" : "\(weight)"
    return TesseraError(
      .invalidInput, "\(noun) \(text) of output \(firstOutput + lane) is beyond \(type)'s range")
  }
}

extension SIMD8<Double> {
  /// Replaces what is smaller than the magnitude of a weight by that; NaN counts as nothing.
  @inline(__always)
  mutating func raise(toMagnitudesOf weights: Self) {
    let magnitudes = weights.replacing(with: -weights, where: weights .< 0)
    replace(with: magnitudes, where: magnitudes .> self)
  }
}
