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
    let sizes: [WeightType: Int] = [
      .float32: 4, .float16: 2, .bfloat16: 2, .int8: 1, .int24: 3,
    ]
    let size = sizes[layer.weightType] ?? 0
    let scaleSize = layer.weightType == .int8 || layer.weightType == .int24 ? 4 : 0
    var start = packed.base
    var (first, width) = (0, 0)
    for next in groupWidths(outputs: layer.outputCount) {
      first += width
      if width > 0 { start += 64 + width * (scaleSize + layer.inputCount * size) }
      width = next
      if output < first + width { break }
    }
    let scale = (start + 64 + (output - first) * 4)
    let weights = start + 64 + width * (scaleSize + input * size)
    let panelWidth = min(width, 16)
    let panel = weights + (output - first) / panelWidth * panelWidth * size
    let lane = (output - first) % panelWidth
    let address = panel + lane * size
    switch layer.weightType {
    case .float32: return Double(address.load(as: Float.self))
    case .float16: return Double(address.load(as: Float16.self))
    case .bfloat16:
      return Double(Float(bitPattern: UInt32(address.load(as: UInt16.self)) << 16))
    case .int8:
      return Double(address.load(as: Int8.self)) * Double(scale.load(as: Float.self))
    case .int24:
      let upper = Int((panel + lane * 2).load(as: Int16.self))
      let lower = Int((panel + panelWidth * 2 + lane).load(as: UInt8.self))
      return Double(upper * 256 + lower) * Double(scale.load(as: Float.self))
    }
  }

  /// As many groups of 64 outputs as there are, then the powers of two that make up the rest.
  private func groupWidths(outputs: Int) -> [Int] {
    var rest = (outputs + 7) / 8 * 8
    var widths: [Int] = []
    for width in [64, 32, 16, 8] {
      while rest >= width {
        widths.append(width)
        rest -= width
      }
    }
    return widths
  }

  @Test(arguments: [0, 1, 8, 9, 33, 64, 65, 100, 120, 128, 200, 1000])
  func groupsOfOutputs(outputs: Int) {
    let groups = OutputGroups(outputCount: outputs)
    let ranges = (0..<groups.count).map { groups.outputs(of: $0) }
    #expect(ranges.map(\.count) == groupWidths(outputs: outputs))
    #expect(ranges.map(\.lowerBound) == [0] + ranges.dropLast().map(\.upperBound) || outputs == 0)
    #expect(groups.outputs(of: groups.count).lowerBound == groups.paddedOutputCount)
  }

  /// The header of each group says whether all of its weights are finite.
  @Test(arguments: [WeightType.float32, .float16, .bfloat16], [Float.nan, .infinity, -.infinity])
  func finiteGroupsAreMarked(type: WeightType, weight: Float) throws {
    let layer = layer(inputs: 3, outputs: 80, type)
    var weights = [Float](repeating: 1, count: 240)
    weights[70 * 3 + 2] = weight
    let packed = GuardedBuffer(byteCount: try layer.packedWeightsByteCount())
    try layer.packWeights(from: weights, transposed: true, into: packed.base)
    let marks = (0..<2).map {
      (packed.base + layer.packedByteOffset(ofGroup: $0)).load(as: UInt32.self)
    }
    #expect(marks == [1, 0])
  }

  @Test(arguments: WeightType.allCases, [1, 8, 9, 16, 17, 40, 64, 65, 120, 144])
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
  func groupsPackedOneByOneGiveTheSameBytes(type: WeightType) throws {
    var generator = SeededGenerator(seed: 4)
    let layer = layer(inputs: 5, outputs: 120, type)
    let weights = randomFloats(600, &generator)
    let byteCount = try layer.packedWeightsByteCount()
    let whole = GuardedBuffer(byteCount: byteCount)
    let pieces = GuardedBuffer(byteCount: byteCount)
    try layer.packWeights(from: weights, transposed: false, into: whole.base)
    #expect(layer.groupCount == 4)
    for group in 0..<4 {
      try layer.packWeights(
        from: weights, transposed: false,
        into: pieces.base + layer.packedByteOffset(ofGroup: group), groups: group..<group + 1)
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
    (.int24, -0.5, -0.5),
    (.int24, 0x1.8p127, 0x1.8p127),
    (.int24, 0, 0),
    (.int24, 0x1p-149, 0),
  ]

  @Test(arguments: roundings)
  func rounding(type: WeightType, weight: Float, expected: Double) throws {
    let layer = layer(inputs: 1, outputs: 1, type)
    let packed = GuardedBuffer(byteCount: try layer.packedWeightsByteCount())
    try layer.packWeights(from: [weight], transposed: true, into: packed.base)
    let actual = value(packed, layer, input: 0, output: 0)
    // A scale is rounded once.
    let tolerance = type.hasScales ? expected.magnitude * BoundedValue.unitRoundoff : 0
    #expect(actual == expected || abs(actual - expected) <= tolerance)
  }

  private static let refused: [(type: WeightType, weight: Float, name: String)] = [
    (.float16, 65520, "float16"),
    (.float16, -1e6, "float16"),
    (.bfloat16, .greatestFiniteMagnitude, "bfloat16"),
    (.int8, .nan, "int8"),
    (.int8, .infinity, "int8"),
    (.int24, .nan, "int24"),
    (.int24, -.infinity, "int24"),
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
