import CPUKernels
import Foundation
import KernelInterface
import PointwisePrograms
import TestSupport
import Testing

/// Pointwise programs against their definition, element by element.
struct PointwiseTests {
  /// Every way in which an operand can lie along a row, at lengths around vectors and blocks.
  @Test(arguments: [1, 2, 7, 8, 9, 64, 255, 256, 257, 520], [0, 1, 5])
  func denseRows(inner: Int, outer: Int) throws {
    let full = [outer * inner, inner, 1]
    try Self.check(
      extents: [3, outer, inner],
      strides: [
        full, [0, 0, 1], [inner, 0, 1], [1, 0, 0], [outer, 1, 0], [0, 0, 0], [1, 3, 2],
      ],
      seed: 1)
  }

  @Test func otherRanks() throws {
    try Self.check(extents: [], strides: [[], []], seed: 2)
    try Self.check(extents: [17], strides: [[1], [0], [2]], seed: 3)
    try Self.check(
      extents: [2, 3, 2, 5, 4], strides: [[120, 40, 20, 4, 1], [0, 4, 0, 0, 1]], seed: 4)
    try Self.check(extents: [40_000], strides: [[1], [0]], seed: 5)
    try Self.check(extents: [700, 1, 30], strides: [[30, 0, 1], [1, 0, 0]], seed: 6)
    try Self.check(extents: [3, 0, 1 << 20], strides: [[0, 0, 0], [0, 0, 0]], seed: 7)
  }

  @Test(arguments: [1, 3, 8, 9, 17], [1, 2, 7, 33])
  func images(channels: Int, width: Int) throws {
    let plain = ImageLayout(
      batch: 2, channels: channels, height: 5, width: width, channelBlock: 8)
    let bordered = plain.with(border: (1, 2, 0, 3))
    func strides(_ layout: ImageLayout) -> [Int] {
      [layout.imageStride, layout.channelBlockStride, layout.rowStride, 8, 1]
    }
    for target in [plain, bordered] {
      try Self.check(
        extents: [2, plain.channelBlockCount, 5, width, 8],
        strides: [
          strides(plain), strides(bordered), [0, 8, 0, 0, 1],
          [8 * plain.channelBlockCount, 8, 0, 0, 1], [0, 0, 0, 0, 0],
        ],
        image: target, seed: 8)
    }
  }

  /// Runs that go over rows and channel blocks, through borders too.
  @Test(arguments: [3, 8, 70], [(1, 1), (7, 7), (5, 33), (40, 31)])
  func imagesOfOneLayout(channels: Int, size: (height: Int, width: Int)) throws {
    let plain = ImageLayout(
      batch: 2, channels: channels, height: size.height, width: size.width, channelBlock: 8)
    for target in [plain, plain.with(border: (1, 2, 0, 3))] {
      let blockCount = target.channelBlockCount
      let strides = [target.imageStride, target.channelBlockStride, target.rowStride, 8, 1]
      for others in [
        [], [[0, 8, 0, 0, 1], [8 * blockCount, 8, 0, 0, 1]], [[0, 0, 0, 0, 0]],
        [[0, 0, 8, 0, 1]], [[0, 3, 0, 0, 0]],
      ] {
        try Self.check(
          extents: [2, blockCount, size.height, size.width, 8],
          strides: [strides, strides] + others, image: target, seed: 9)
      }
    }
  }

  /// Random programs give the bits that their operations give one by one, of special values too.
  @Test(arguments: 0..<40) func joinedInstructions(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let numbers: [Float] = [
      .nan, -.infinity, .infinity, -0.0, 0, 1, -1, 2.5, -3e38, 3e38, 0x1p-140, 1.1, -0.3,
    ]
    let operations: [PointwiseOperation] = [
      .add, .add, .subtract, .multiply, .multiply, .maximum, .minimum,
    ]
    var step = PointwiseDescriptor()
    step.program = PointwiseProgram(inputCount: 3)
    for _ in 0..<Int.random(in: 1...12, using: &generator) {
      if Bool.random(using: &generator) {
        _ = step.program.append(constant: numbers.randomElement(using: &generator) ?? 0)
      }
      let recent = max(0, step.program.valueCount - 4)..<step.program.valueCount
      _ = step.program.append(
        operations.randomElement(using: &generator) ?? .add,
        Int.random(in: recent, using: &generator), Int.random(in: recent, using: &generator))
    }
    let (outer, inner) = seed.isMultiple(of: 2) ? (7, 21) : (150, 8)
    step.extents = [outer, inner]
    step.inputs = [
      .init(strides: [inner, 1]), .init(strides: [0, 0]),
      .init(strides: inner == 8 ? [0, 1] : [1, 7]),
    ]
    let inputs = (0..<3).map { _ in
      (0..<outer * inner).map { _ in numbers.randomElement(using: &generator) ?? 0 }
    }
    try KernelHarness.runEverywhere(
      step,
      reading: zip(inputs, step.inputs).map { input, lies in
        GuardedBuffer(
          Array(
            input.prefix(1 + (outer - 1) * lies.strides[0] + (inner - 1) * lies.strides[1])))
      }
    ) { output, table in
      for (index, result) in output.floats.enumerated() {
        var values = zip(inputs, step.inputs).map { input, lies in
          input[index / inner * lies.strides[0] + index % inner * lies.strides[1]]
        }
        for instruction in step.program.instructions {
          values.append(
            instruction.operation == .constant
              ? instruction.constant
              : instruction.operation.reference(values[instruction.left], values[instruction.right])
          )
        }
        let expected = values.last ?? .nan
        #expect(
          result.bitPattern == expected.bitPattern || (result.isNaN && expected.isNaN),
          "\(table.instructionSet): \(result), expected \(expected), of \(step.program)")
      }
    }
  }

  /// An input or a constant may be the result.
  @Test func programsThatComputeNothing() throws {
    for extents in [[3, 8], [3, 5]] {
      var step = PointwiseDescriptor()
      step.extents = extents
      step.inputs = [.init(strides: [0, 1])]
      let input: [Float] = (0..<extents[1]).map { Float($0) }
      try KernelHarness.runEverywhere(step, reading: [GuardedBuffer(input)]) { output, _ in
        #expect(output.floats == input + input + input)
      }
      _ = step.program.append(constant: 2.5)
      try KernelHarness.runEverywhere(step, reading: [GuardedBuffer(input)]) { output, _ in
        #expect(output.floats == Array(repeating: 2.5, count: 3 * extents[1]))
      }
    }
  }

  @Test func specialValues() throws {
    let numbers: [Float] = [.nan, -.infinity, -1, -0.0, 0, 1, .infinity]
    for operation in PointwiseOperation.allCases where operation.operandCount == 2 {
      var step = PointwiseDescriptor()
      step.program = PointwiseProgram(inputCount: 2)
      _ = step.program.append(operation, 0, 1)
      step.extents = [7, 7]
      step.inputs = [.init(strides: [1, 0]), .init(strides: [0, 1])]
      try KernelHarness.runEverywhere(
        step, reading: [GuardedBuffer(numbers), GuardedBuffer(numbers)]
      ) { output, table in
        for (index, result) in output.floats.enumerated() {
          let expected = operation.reference(numbers[index / 7], numbers[index % 7])
          #expect(
            result == expected || (result.isNaN && expected.isNaN),
            "\(table.instructionSet): \(operation) \(numbers[index / 7]) \(numbers[index % 7])")
        }
      }
    }
  }

  /// `(x₀ + x₁ · x₂ …) · 0.5 − x₀` over all inputs.
  private static func check(
    extents: [Int], strides: [[Int]], image: ImageLayout? = nil, seed: UInt64
  ) throws {
    var generator = SeededGenerator(seed: seed)
    var step = PointwiseDescriptor()
    step.program = PointwiseProgram(inputCount: strides.count)
    var value = 0
    for input in 1..<strides.count {
      value = step.program.append(input.isMultiple(of: 2) ? .multiply : .add, value, input)
    }
    value = step.program.append(.multiply, value, step.program.append(constant: 0.5))
    _ = step.program.append(.subtract, value, 0)
    step.extents = extents
    step.inputs = strides.enumerated().map { .init(offset: $0.offset, strides: $0.element) }
    step.image = image

    let requirements = try step.requirements().operands.dropLast()
    let inputs = requirements.map { randomFloats($0.byteCount / 4, &generator) }
    let count = extents.reduce(1, *)
    let results = (0..<count).map { element -> Float in
      func operand(_ input: Int) -> Float {
        var (rest, offset) = (element, step.inputs[input].offset)
        for dimension in extents.indices.reversed() {
          offset += rest % extents[dimension] * strides[input][dimension]
          rest /= extents[dimension]
        }
        return inputs[input][offset]
      }
      var value = operand(0)
      for input in 1..<strides.count {
        value = input.isMultiple(of: 2) ? value * operand(input) : value + operand(input)
      }
      return value * 0.5 - operand(0)
    }
    try KernelHarness.runEverywhere(step, reading: inputs.map { GuardedBuffer($0) }) { output, _ in
      guard let image else {
        #expect(output.floats == results)
        return
      }
      let images = Images(
        batch: image.batch, channels: image.channels, height: image.height, width: image.width
      ) { n, c, y, x in
        results[
          (((n * image.channelBlockCount + c / 8) * image.height + y) * image.width + x) * 8 + c % 8
        ]
      }
      #expect(output.floats == images.placed(in: image, filler: 0))
    }
  }
}

extension PointwiseOperation {
  /// Of the operations on two numbers.
  fileprivate func reference(_ a: Float, _ b: Float) -> Float {
    switch self {
    case .add: return a + b
    case .subtract: return a - b
    case .multiply: return a * b
    case .divide: return a / b
    case .minimum: return a.isNaN || b.isNaN ? .nan : (b < a ? b : a)
    case .maximum: return a.isNaN || b.isNaN ? .nan : (b > a ? b : a)
    case .power: return pow(a, b)
    case .remainder: return fmod(a, b)
    case .equal: return a == b ? 1 : 0
    case .less: return a < b ? 1 : 0
    case .lessOrEqual: return a <= b ? 1 : 0
    case .selectWhere: return a != 0 ? b : 0
    case .selectUnless: return a == 0 ? b : 0
    case .union: return Float(bitPattern: a.bitPattern | b.bitPattern)
    default: return .nan
    }
  }
}
