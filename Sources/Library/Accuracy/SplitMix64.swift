import GraphIR

/// Sebastiano Vigna's SplitMix64 generator, <https://prng.di.unimi.it/splitmix64.c>.
package struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// Numbers from −1 to 1 as elements of the tensor's type, which makes 0 of them in integers.
  package mutating func uniform(_ tensor: TensorSpecification) throws(TesseraError) -> Tensor {
    let size = MemoryLayout<Float>.size
    let floats = try Tensor(elementType: .float32, shape: tensor.shape) { bytes in
      for offset in stride(from: 0, to: bytes.count, by: size) {
        let value = Float(next() >> 40) * 0x1p-23 - 1
        bytes.storeBytes(of: value, toByteOffset: offset, as: Float.self)
      }
    }
    return try floats.cast(to: tensor.elementType)
  }
}
