import Dispatch
import Tensors

/// The random numbers of one tensor: element `i` depends on the seed, the tensor's name and `i`
/// alone, so all machines and all numbers of threads make the same bits. `Docs/random-weights.md`
/// gives the definition.
struct RandomWeights {
  private let key: UInt64

  /// The increment of SplitMix64's state: 2⁶⁴ divided by the golden ratio, made odd.
  private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

  init(seed: UInt64, name: String) {
    key = Self.mix(seed ^ Self.fnv1a(name))
  }

  /// A float32 tensor: He-normal weights (variance 2 / fanIn), zero biases, scales of one.
  func tensor(_ role: WeightRole, _ shape: Shape) -> Tensor {
    Tensor(elementType: .float32, shape: shape) { bytes in
      let elements = bytes.bindMemory(to: Float.self)
      switch role {
      case .bias: break
      case .scale: elements.update(repeating: 1)
      case .product(let fanIn):
        fill(elements, deviation: (2 / Double(max(1, fanIn))).squareRoot())
      }
    }
  }

  /// Element `index` before it is scaled: a sample of the standard normal distribution.
  func standardNormal(at index: Int) -> Double {
    let bits = Self.mix(key &+ (UInt64(truncatingIfNeeded: index) &+ 1) &* Self.increment)
    return normalQuantile((Double(bits >> 12) + 0.5) * 0x1p-52)
  }

  private func fill(_ elements: UnsafeMutableBufferPointer<Float>, deviation: Double) {
    let chunk = 1 << 16
    nonisolated(unsafe) let target = elements
    DispatchQueue.concurrentPerform(iterations: (elements.count + chunk - 1) / chunk) { iteration in
      let start = iteration * chunk
      for index in start..<min(start + chunk, target.count) {
        target[index] = Float(standardNormal(at: index) * deviation)
      }
    }
  }

  /// SplitMix64's output function.
  private static func mix(_ state: UInt64) -> UInt64 {
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  /// The 64-bit FNV-1a hash of the UTF-8 bytes.
  private static func fnv1a(_ text: String) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325) { hash, byte in
      (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }
  }
}
