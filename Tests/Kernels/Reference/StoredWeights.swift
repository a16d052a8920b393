import KernelInterface

/// What weights become in storage, by the definition of each type.
enum StoredWeights {
  /// The exact values of `weights`, `[output][input]`, as they are stored.
  static func values(_ weights: [Double], inputCount: Int, type: WeightType) -> [Double] {
    switch type {
    case .float32: return weights.map { Double(Float($0)) }
    case .float16: return weights.map { Double(Float16($0)) }
    case .bfloat16: return weights.map(nearestBFloat16)
    case .int8, .int24:
      return stride(from: 0, to: weights.count, by: max(1, inputCount)).flatMap { start in
        let row = weights[start..<start + inputCount]
        let scale = Double(scale(of: row, type))
        return row.map { scale == 0 ? 0 : ($0 / scale).rounded(.toNearestOrEven) * scale }
      }
    }
  }

  static func scale(of row: some Sequence<Double>, _ type: WeightType) -> Float {
    Float((row.map(\.magnitude).max() ?? 0) / (type == .int8 ? 127 : 8_388_607))
  }

  /// The nearer of the two neighbours whose lower halves are 0; the one with an even last bit between.
  private static func nearestBFloat16(_ weight: Double) -> Double {
    let bits = Float(weight).bitPattern & 0xFFFF_0000
    let towardsZero = Double(Float(bitPattern: bits))
    let away = Double(Float(bitPattern: bits + 0x1_0000))
    let middle = (towardsZero + away) / 2
    if weight.magnitude == middle.magnitude {
      return bits & 0x1_0000 == 0 ? towardsZero : away
    }
    return weight.magnitude < middle.magnitude ? towardsZero : away
  }
}
