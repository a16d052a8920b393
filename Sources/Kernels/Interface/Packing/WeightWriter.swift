import Tensors

/// Writes weights in their stored type, those of 8 outputs at a time, each rounded once.
struct WeightWriter {
  let type: WeightType
  /// The first of the 8 outputs, for errors.
  let firstOutput: Int
  /// Outputs of their panel, and which of them the 8 begin with.
  let panelWidth: Int
  let offset: Int
  /// What the weights are, for errors.
  var noun = "weight"

  /// The scales of a type that has scales for weights of these largest magnitudes.
  static func scales(maxima: SIMD8<Double>, type: WeightType) -> SIMD8<Float> {
    SIMD8<Float>(maxima / type.largestMultiple)
  }

  /// - Parameters:
  ///   - scales: of a type that has scales.
  ///   - panel: where the weights of an input for the whole panel lie.
  /// - Throws: `TesseraError` if a weight is beyond the range of the type.
  @inline(__always)
  func write(
    _ weights: SIMD8<Double>, scales: SIMD8<Float>, to panel: UnsafeMutableRawPointer
  ) throws(TesseraError) {
    let target = panel + offset * type.byteCount
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
      let multiples = try multiples(of: scales, nearest: weights)
      target.storeBytes(of: SIMD8<Int8>(truncatingIfNeeded: multiples), as: SIMD8<Int8>.self)
    case .int24:
      let multiples = try multiples(of: scales, nearest: weights)
      (panel + 2 * offset).storeBytes(
        of: SIMD8<Int16>(truncatingIfNeeded: multiples &>> 8), as: SIMD8<Int16>.self)
      (panel + (2 * panelWidth + offset)).storeBytes(
        of: SIMD8<UInt8>(truncatingIfNeeded: multiples), as: SIMD8<UInt8>.self)
    }
  }

  /// The nearest multiples, of two the even one. Where the scale is 0, all weights of the output are so small
  /// that 0 is the nearest.
  @inline(__always)
  private func multiples(
    of scales: SIMD8<Float>, nearest weights: SIMD8<Double>
  ) throws(TesseraError) -> SIMD8<Int32> {
    let largest = Double(Float.greatestFiniteMagnitude)
    if !((weights .<= largest) .& (weights .>= -largest)).isSet {
      for lane in weights.indices where !Float(weights[lane]).isFinite {
        throw beyondRange(weights, lane, "\(type)")
      }
    }
    let scales = SIMD8<Double>(scales)
    let limit = type.largestMultiple
    var quotients = (weights / scales).replacing(with: 0, where: scales .<= 0)
    quotients.replace(with: limit, where: quotients .> limit)
    quotients.replace(with: -limit, where: quotients .< -limit)
    // The sum's last bit is 1, so that it is rounded to a whole number, which its lower bits hold.
    let shifted = quotients + 0x1.8p52
    return SIMD8<Int32>(truncatingIfNeeded: unsafeBitCast(shifted, to: SIMD8<Int64>.self))
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

extension SIMDMask<SIMD8<Int64>> {
  /// True if all lanes are; `all` is a call to code for any number of lanes.
  @inline(__always)
  fileprivate var isSet: Bool {
    let lanes = unsafeBitCast(self, to: SIMD8<Int64>.self)
    let four = lanes.lowHalf & lanes.highHalf
    return four[0] & four[1] & four[2] & four[3] == -1
  }
}
