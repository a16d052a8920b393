import KernelInterface
import Tensors
import TestSupport
import Testing

/// The bytes of packed weights, by the definition of their layout.
struct FullyConnectedPackingTests {
  private func layer(inputs: Int, outputs: Int, _ type: WeightType) -> FullyConnectedDescriptor {
    var layer = FullyConnectedDescriptor()
    (layer.inputCount, layer.outputCount, layer.weightType) = (inputs, outputs, type)
    return layer
  }

  /// The value of one packed weight; zeros where the panel is padded.
  private func value(
    _ packed: GuardedBuffer, _ layer: FullyConnectedDescriptor, input: Int, output: Int
  ) -> Double {
    let panel = output / 16
    let width = min(16, roundUp(layer.outputCount, toMultipleOf: 8) - panel * 16)
    let isScaled = layer.weightType == .int8
    let size = [WeightType.float32: 4, .float16: 2, .bfloat16: 2, .int8: 1][layer.weightType] ?? 0
    let start = packed.base + panel * 16 * (layer.inputCount * size + (isScaled ? 4 : 0))
    let scaleByteCount = isScaled ? width * 4 : 0
    let address = start + scaleByteCount + (input * width + output % 16) * size
    switch layer.weightType {
    case .float32: return Double(address.load(as: Float.self))
    case .float16: return Double(address.load(as: Float16.self))
    case .bfloat16:
      return Double(Float(bitPattern: UInt32(address.load(as: UInt16.self)) << 16))
    case .int8:
      let scale = (start + output % 16 * 4).load(as: Float.self)
      return Double(address.load(as: Int8.self)) * Double(scale)
    }
  }

  @Test(arguments: WeightType.allCases, [1, 8, 9, 16, 17, 40])
  func everyWeightIsInItsPlace(type: WeightType, outputs: Int) throws {
    var generator = SeededGenerator(seed: 3)
    let layer = layer(inputs: 7, outputs: outputs, type)
    let weights = randomFloats(outputs * 7, &generator)
    let stored = StoredWeights.values(weights.map(Double.init), inputCount: 7, type: type)
    let packed = GuardedBuffer(byteCount: try layer.packedWeightsByteCount())
    try layer.packWeights(from: weights, transposed: true, into: packed.base)
    #expect(packed.guardsAreIntact)
    for output in 0..<roundUp(outputs, toMultipleOf: 8) {
      for input in 0..<7 {
        let expected = output < outputs ? stored[output * 7 + input] : 0
        #expect(value(packed, layer, input: input, output: output) == expected)
      }
    }
  }

  @Test(arguments: WeightType.allCases)
  func panelsPackedOneByOneGiveTheSameBytes(type: WeightType) throws {
    var generator = SeededGenerator(seed: 4)
    let layer = layer(inputs: 5, outputs: 40, type)
    let weights = randomFloats(200, &generator)
    let byteCount = try layer.packedWeightsByteCount()
    let whole = GuardedBuffer(byteCount: byteCount)
    let pieces = GuardedBuffer(byteCount: byteCount)
    try layer.packWeights(from: weights, transposed: false, into: whole.base)
    for panel in 0..<3 {
      try layer.packWeights(
        from: weights, transposed: false,
        into: pieces.base + layer.packedByteOffset(ofPanel: panel), panels: panel..<panel + 1)
    }
    #expect(whole.bytes == pieces.bytes)
  }

  /// Halfway cases, the largest finite values, and the smallest.
  private static let roundings: [(type: WeightType, weight: Float, expected: Double)] = [
    (.float16, 1 + 0x1p-11, 1),
    (.float16, 1 + 0x3p-11, 1 + 0x1p-9),
    (.float16, 65519.996, 65504),
    (.float16, 0x1p-24, 0x1p-24),
    (.float16, 0x1p-25, 0),
    (.float16, .infinity, .infinity),
    (.bfloat16, 1 + 0x1p-8, 1),
    (.bfloat16, 1 + 0x3p-8, 1 + 0x1p-6),
    (.bfloat16, 3e38, 0x1.C4p127),
    (.bfloat16, -.infinity, -.infinity),
    (.int8, -0.5, -0.5),
    (.int8, 0, 0),
    (.int8, 0x1p-149, 0),
  ]

  @Test(arguments: roundings)
  func rounding(type: WeightType, weight: Float, expected: Double) throws {
    let layer = layer(inputs: 1, outputs: 1, type)
    let packed = GuardedBuffer(byteCount: try layer.packedWeightsByteCount())
    try layer.packWeights(from: [weight], transposed: true, into: packed.base)
    let actual = value(packed, layer, input: 0, output: 0)
    // A scale of int8 is rounded once.
    let tolerance = type == .int8 ? expected.magnitude * BoundedValue.unitRoundoff : 0
    #expect(actual == expected || abs(actual - expected) <= tolerance)
  }

  private static let refused: [(type: WeightType, weight: Float, name: String)] = [
    (.float16, 65520, "float16"),
    (.float16, -1e6, "float16"),
    (.bfloat16, .greatestFiniteMagnitude, "bfloat16"),
    (.int8, .nan, "int8"),
    (.int8, .infinity, "int8"),
  ]

  @Test(arguments: refused)
  func weightsBeyondTheRange(type: WeightType, weight: Float, name: String) throws {
    let layer = layer(inputs: 2, outputs: 18, type)
    var weights = [Float](repeating: 1, count: 36)
    weights[35] = weight
    let packed = GuardedBuffer(byteCount: try layer.packedWeightsByteCount())
    let error = #expect(throws: TesseraError.self) {
      try layer.packWeights(from: weights, transposed: true, into: packed.base)
    }
    #expect(error?.description == "weight \(weight) of output 17 is beyond \(name)'s range")
  }

  @Test func rejectsAnInputOrderOfAnotherSize() throws {
    let layer = layer(inputs: 24, outputs: 8, .float32)
    let order = ImageLayout(batch: 1, channels: 3, height: 3, width: 3, channelBlock: 8)
    let packed = GuardedBuffer(byteCount: try layer.packedWeightsByteCount())
    #expect(throws: TesseraError.self) {
      try layer.packWeights(
        from: [Float](repeating: 0, count: 24 * 8), transposed: true, inputOrder: order,
        into: packed.base)
    }
  }
}
