import CPUKernels
import KernelInterface
import TestSupport
import Testing

/// The fully connected layer against its definition in Float64, with the weights as they are stored.
struct FullyConnectedTests {
  private func check(
    rows: Int, inputs: Int, outputs: Int, transposed: Bool = true, _ type: WeightType = .float32,
    hasEpilogue: Bool = false
  ) throws {
    var generator = SeededGenerator(seed: 1)
    var layer = FullyConnectedDescriptor()
    (layer.rowCount, layer.inputCount, layer.outputCount) = (rows, inputs, outputs)
    layer.weightType = type
    layer.activation = .relu
    let input = randomFloats(rows * inputs, &generator)
    let weights = randomFloats(outputs * inputs, &generator)
    let bias = randomFloats(outputs, &generator)
    let packed = GuardedBuffer(byteCount: try layer.packedWeightsByteCount())
    let source =
      transposed
      ? weights
      : (0..<inputs).flatMap { k in (0..<outputs).map { weights[$0 * inputs + k] } }
    try layer.packWeights(from: source, transposed: transposed, into: packed.base)
    #expect(packed.guardsAreIntact)

    let stored = StoredWeights.values(weights.map(Double.init), inputCount: inputs, type: type)
    var expected: [BoundedValue] = []
    for row in 0..<rows {
      for output in 0..<outputs {
        var sum = Double(bias[output])
        var magnitude = abs(sum)
        for k in 0..<inputs {
          let product = Double(input[row * inputs + k]) * stored[output * inputs + k]
          sum += product
          magnitude += abs(product)
        }
        // The bias and the scale are two terms more.
        expected.append(
          BoundedValue.sum(sum, ofMagnitudes: magnitude, termCount: inputs + 2)
            .mapped { max($0, 0) })
      }
    }
    let padding = [Float](repeating: 0, count: roundUp(outputs, toMultipleOf: 8) - outputs)
    var operands = [GuardedBuffer(input), packed, GuardedBuffer(bias + padding)]
    if hasEpilogue {
      let addends = randomFloats(rows * outputs, &generator)
      let factors = randomFloats(outputs, &generator)
      layer.epilogue = Epilogue(
        program: ReferenceEpilogue.program,
        inputs: [
          .init(strides: [outputs, 1]), .init(offset: 1, strides: [0, 1]), .init(strides: [0, 0]),
        ])
      operands += [
        GuardedBuffer(addends), GuardedBuffer([.nan] + factors), GuardedBuffer([Float(0.75)]),
      ]
      for index in expected.indices {
        expected[index] = ReferenceEpilogue.value(
          of: expected[index], image: addends[index], channel: factors[index % outputs],
          single: 0.75)
      }
    }
    try KernelHarness.expectClose(layer, reading: operands, expected)
  }

  /// Panels of one and two vectors, whole and not, and more rows than a block of a program.
  @Test(arguments: [1, 2, 5, 33, 97], [1, 8, 15, 16, 17, 25])
  func epilogues(rows: Int, outputs: Int) throws {
    try check(rows: rows, inputs: 19, outputs: outputs, hasEpilogue: true)
    try check(rows: rows, inputs: 19, outputs: outputs, .int8, hasEpilogue: true)
  }

  /// Around the edges of register tiles, panels and blocks of rows.
  @Test(arguments: WeightType.allCases, [1, 2, 5, 6, 7, 12, 13, 97])
  func rowsAndOutputs(type: WeightType, rows: Int) throws {
    for outputs in [1, 8, 15, 16, 17, 24, 25, 64, 120, 129] {
      try check(rows: rows, inputs: 19, outputs: outputs, type)
    }
  }

  /// Around the edges of passes.
  @Test(
    arguments: WeightType.allCases,
    [0, 1, 7, 8, 63, 64, 65, 127, 128, 129, 136, 255, 256, 257, 513])
  func inputs(type: WeightType, count: Int) throws {
    for rows in [1, 3, 13] { try check(rows: rows, inputs: count, outputs: 17, type) }
  }

  @Test(arguments: [1, 4])
  func weightsByInput(rows: Int) throws {
    try check(rows: rows, inputs: 30, outputs: 20, transposed: false)
  }

  @Test func noRows() throws { try check(rows: 0, inputs: 3, outputs: 9) }

  /// A row has the same bits in batches of any size, alone too, and whether it alone skips zeros or not.
  @Test(arguments: WeightType.allCases, [0, 0.7])
  func theSameBitsInEveryBatch(type: WeightType, zeroShare: Float) throws {
    var generator = SeededGenerator(seed: 5)
    var layer = FullyConnectedDescriptor()
    (layer.inputCount, layer.outputCount, layer.weightType) = (300, 88, type)
    let places = randomFloats(14 * 300, &generator)
    let rows = zip(randomFloats(14 * 300, &generator), places).map { value, place in
      (place + 1) / 2 < zeroShare ? 0 : value
    }
    let packed = GuardedBuffer(byteCount: try layer.packedWeightsByteCount())
    try layer.packWeights(
      from: randomFloats(88 * 300, &generator), transposed: true, into: packed.base)
    let bias = GuardedBuffer(randomFloats(88, &generator))
    let pool = try ThreadPool(threadCount: 1)
    for table in KernelTable.all {
      var firstRows: Set<[Float]> = []
      for rowCount in 1...14 {
        layer.rowCount = rowCount
        let outputs = try KernelHarness.run(
          layer, reading: [GuardedBuffer(Array(rows[..<(rowCount * 300)])), packed, bias],
          table: table, pool: pool)
        firstRows.insert(Array(outputs[0].floats[..<88]))
      }
      #expect(firstRows.count == 1, "\(table.instructionSet)")
    }
  }

  /// Skipping the weights of zeros changes no bit of what all weights give, which are read where a group is not
  /// marked as finite.
  @Test(arguments: WeightType.allCases, [0.3, 0.6, 0.9, 1.0])
  func zerosAreSkippedExactly(type: WeightType, zeroShare: Float) throws {
    var generator = SeededGenerator(seed: 6)
    var layer = FullyConnectedDescriptor()
    (layer.inputCount, layer.outputCount, layer.weightType) = (1000, 120, type)
    var input = randomFloats(1000, &generator)
    let places = randomFloats(1000, &generator)
    for index in input.indices where (places[index] + 1) / 2 < zeroShare {
      input[index] = index.isMultiple(of: 2) ? 0 : -0.0
    }
    // Products that vanish leave sums of zeros of both signs.
    for index in 0..<64 { input[index] *= 0x1p-149 }
    let skipping = GuardedBuffer(byteCount: try layer.packedWeightsByteCount())
    let reading = GuardedBuffer(byteCount: skipping.byteCount)
    let weights = randomFloats(120_000, &generator)
    for packed in [skipping, reading] {
      try layer.packWeights(from: weights, transposed: false, into: packed.base)
    }
    for group in 0..<layer.groupCount {
      let mark = reading.base + layer.packedByteOffset(ofGroup: group)
      #expect(mark.load(as: UInt32.self) == 1)
      mark.storeBytes(of: 0, as: UInt32.self)
    }
    let bias = GuardedBuffer([Float](repeating: 0, count: 120))
    var expected: [String: [UInt8]] = [:]
    try KernelHarness.runEverywhere(layer, reading: [GuardedBuffer(input), reading, bias]) {
      expected[$1.instructionSet] = $0.bytes
    }
    try KernelHarness.runEverywhere(layer, reading: [GuardedBuffer(input), skipping, bias]) {
      #expect($0.bytes == expected[$1.instructionSet], "\($1.instructionSet)")
    }
  }

  /// Zero times infinity and NaN is NaN, also where all other weights of zeros are skipped.
  @Test(arguments: [WeightType.float32, .float16, .bfloat16], [Float.nan, .infinity])
  func weightsThatAreNotFinite(type: WeightType, weight: Float) throws {
    var layer = FullyConnectedDescriptor()
    (layer.inputCount, layer.outputCount, layer.weightType) = (130, 80, type)
    var weights = [Float](repeating: 1, count: 130 * 80)
    weights[70 * 130 + 5] = weight
    let packed = GuardedBuffer(byteCount: try layer.packedWeightsByteCount())
    try layer.packWeights(from: weights, transposed: true, into: packed.base)
    let inputs = [GuardedBuffer([Float](repeating: 0, count: 130)), packed]
    try KernelHarness.runEverywhere(
      layer, reading: inputs + [GuardedBuffer([Float](repeating: 2, count: 80))]
    ) { output, table in
      for (index, value) in output.floats.enumerated() {
        #expect(index == 70 ? value.isNaN : value == 2, "\(table.instructionSet): \(index)")
      }
    }
  }

  /// All 65,536 half-precision numbers, widened as one row does it and as several do.
  @Test(arguments: [1, 2])
  func widensEveryHalf(rows: Int) throws {
    var layer = FullyConnectedDescriptor()
    (layer.rowCount, layer.inputCount, layer.outputCount) = (rows, 1, 1 << 16)
    layer.weightType = .float16
    let inputs = GuardedBuffer([Float](repeating: 1, count: rows))
    // Each of 64 outputs lies after a header of as many bytes.
    let weights = GuardedBuffer(
      (0..<1024).flatMap { group in
        [UInt16](repeating: 0, count: 32) + (0..<64).map { UInt16(group * 64 + $0) }
      })
    let bias = GuardedBuffer([Float](repeating: 0, count: 1 << 16))
    try KernelHarness.runEverywhere(layer, reading: [inputs, weights, bias]) { output, table in
      let wrong = output.floats.indices.first { index in
        let expected = Float(Float16(bitPattern: UInt16(index & 0xFFFF)))
        let actual = output.floats[index]
        return actual != expected && !(actual.isNaN && expected.isNaN)
      }
      #expect(wrong == nil, "\(table.instructionSet)")
    }
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
      from: weights, transposed: transposed, inputOrder: order, into: packed.base)
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
}
