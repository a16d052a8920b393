import CPUKernels
import KernelInterface
import TestSupport
import Testing

/// The fully connected layer against its definition in Float64.
struct FullyConnectedTests {
  private func check(rows: Int, inputs: Int, outputs: Int, transposed: Bool = true) throws {
    var generator = SeededGenerator(seed: 1)
    var layer = FullyConnectedDescriptor()
    (layer.rowCount, layer.inputCount, layer.outputCount) = (rows, inputs, outputs)
    layer.activation = .relu
    let input = randomFloats(rows * inputs, &generator)
    let weights = randomFloats(outputs * inputs, &generator)
    let bias = randomFloats(outputs, &generator)
    let packed = GuardedBuffer(byteCount: try layer.packedWeightsByteCount())
    try layer.packWeights(
      from: weights, transposed: transposed, into: packed.base.assumingMemoryBound(to: Float.self))
    #expect(packed.guardsAreIntact)

    var expected: [BoundedValue] = []
    for row in 0..<rows {
      for output in 0..<outputs {
        var sum = Double(bias[output])
        var magnitude = abs(sum)
        for k in 0..<inputs {
          let weight = weights[transposed ? output * inputs + k : k * outputs + output]
          let product = Double(input[row * inputs + k]) * Double(weight)
          sum += product
          magnitude += abs(product)
        }
        expected.append(
          BoundedValue.sum(sum, ofMagnitudes: magnitude, termCount: inputs + 1)
            .mapped { max($0, 0) })
      }
    }
    let padding = [Float](repeating: 0, count: roundUp(outputs, toMultipleOf: 8) - outputs)
    try KernelHarness.expectClose(
      layer, reading: [GuardedBuffer(input), packed, GuardedBuffer(bias + padding)], expected)
  }

  @Test(arguments: [1, 2, 5, 6, 7, 13], [1, 7, 8, 9, 16, 17, 24, 25])
  func rowsAndOutputs(rows: Int, outputs: Int) throws {
    try check(rows: rows, inputs: 19, outputs: outputs)
  }

  @Test(arguments: [0, 1, 3, 4, 7, 8, 255, 256, 257, 264, 1023, 1024, 1030], [1, 3])
  func inputs(count: Int, rows: Int) throws {
    try check(rows: rows, inputs: count, outputs: 17)
  }

  /// More rows than a block has.
  @Test func severalBlocksOfRows() throws { try check(rows: 97, inputs: 20, outputs: 18) }

  @Test(arguments: [1, 4])
  func weightsByInput(rows: Int) throws {
    try check(rows: rows, inputs: 30, outputs: 20, transposed: false)
  }

  /// A blocked image as input gives what the image in plain order gives.
  @Test(arguments: [true, false])
  func inputInBlockedOrder(transposed: Bool) throws {
    var generator = SeededGenerator(seed: 2)
    let order = ImageLayout(batch: 1, channels: 11, height: 3, width: 2, channelBlock: 8)
    let image = Images.random(order, &generator)
    let weights = randomFloats(66 * 9, &generator)
    var layer = FullyConnectedDescriptor()
    (layer.inputCount, layer.outputCount) = (order.imageStride, 9)
    let packed = GuardedBuffer(byteCount: try layer.packedWeightsByteCount())
    try layer.packWeights(
      from: weights, transposed: transposed, inputOrder: order,
      into: packed.base.assumingMemoryBound(to: Float.self))
    #expect(packed.guardsAreIntact)
    let expected = (0..<9).map { output in
      let products = (0..<66).map {
        Double(image.elements[$0])
          * Double(weights[transposed ? output * 66 + $0 : $0 * 9 + output])
      }
      return BoundedValue.sum(
        products.reduce(0, +), ofMagnitudes: products.map(abs).reduce(0, +), termCount: 97)
    }
    // The channels that pad the last block hold a value that would show.
    try KernelHarness.expectClose(
      layer,
      reading: [
        GuardedBuffer(image.placed(in: order, filler: 1000)), packed,
        GuardedBuffer([Float](repeating: 0, count: 16)),
      ], expected)
  }

  @Test func rejectsAnInputOrderOfAnotherSize() throws {
    var layer = FullyConnectedDescriptor()
    (layer.inputCount, layer.outputCount) = (24, 8)
    let order = ImageLayout(batch: 1, channels: 3, height: 3, width: 3, channelBlock: 8)
    let packed = GuardedBuffer(byteCount: try layer.packedWeightsByteCount())
    #expect(throws: (any Error).self) {
      try layer.packWeights(
        from: [Float](repeating: 0, count: 24 * 8), transposed: true, inputOrder: order,
        into: packed.base.assumingMemoryBound(to: Float.self))
    }
  }
}
