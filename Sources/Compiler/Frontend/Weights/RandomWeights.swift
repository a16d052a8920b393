import Tensors

/// The random numbers of one tensor: element `i` depends on the seed, the tensor's name and `i`
/// alone, so all machines and all numbers of threads make the same bits. `Docs/random-weights.md`
/// gives the definition.
struct RandomWeights: Sendable {
  private let key: UInt64
  private let distribution: WeightDistribution

  /// The increment of SplitMix64's state: 2⁶⁴ divided by the golden ratio, made odd.
  private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

  init(seed: UInt64, name: String, _ distribution: WeightDistribution = .he) {
    key = Self.mix(seed ^ Self.fnv1a(name))
    self.distribution = distribution
  }

  /// Normal weights, zero biases, scales of one: float32 numbers, rounded to `elementType`. They are made when they are first read.
  ///
  /// - Returns: nil if `elementType` is no floating-point type.
  /// - Throws: `TesseraError` if memory is refused.
  func tensor(
    _ role: WeightRole, _ elementType: ElementType, _ shape: Shape
  ) throws(TesseraError) -> Tensor? {
    let storage: TensorStorage
    switch elementType {
    case .float32: storage = try self.storage(role, shape) { $0 }
    case .float64: storage = try self.storage(role, shape) { Double($0) }
    case .float16: storage = try self.storage(role, shape) { Float16($0) }
    case .bfloat16: storage = try self.storage(role, shape) { $0.bfloat16Bits }
    default: return nil
    }
    return Tensor(elementType: elementType, shape: shape, storage: storage)
  }

  /// Element `index` before it is scaled: a sample of the standard normal distribution.
  func standardNormal(at index: Int) -> Double {
    let bits = Self.mix(key &+ (UInt64(truncatingIfNeeded: index) &+ 1) &* Self.increment)
    return normalQuantile((Double(bits >> 12) + 0.5) * 0x1p-52)
  }

  private func storage<Element: BitwiseCopyable>(
    _ role: WeightRole, _ shape: Shape, _ round: @escaping @Sendable (Float) -> Element
  ) throws(TesseraError) -> TensorStorage {
    try TensorStorage.filledOnFirstRead(
      byteCount: shape.elementCount * MemoryLayout<Element>.size
    ) { bytes in
      let elements = bytes.bindMemory(to: Element.self)
      switch role {
      case .bias: break
      case .scale: elements.update(repeating: round(1))
      case .product(let fanIn):
        let tapCount = shape.dimensions.dropFirst(2).reduce(1, *)
        let fanOut = shape.elementCount / max(1, fanIn) * tapCount
        fill(elements, deviation: distribution.deviation(fanIn: fanIn, fanOut: fanOut), round)
      }
    }
  }

  private func fill<Element: BitwiseCopyable>(
    _ elements: UnsafeMutableBufferPointer<Element>, deviation: Double,
    _ round: @escaping @Sendable (Float) -> Element
  ) {
    let chunk = 1 << 16
    nonisolated(unsafe) let target = elements
    ConcurrentLoop.run((elements.count + chunk - 1) / chunk) { iteration in
      let start = iteration * chunk
      for index in start..<min(start + chunk, target.count) {
        target[index] = round(Float(standardNormal(at: index) * deviation))
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
