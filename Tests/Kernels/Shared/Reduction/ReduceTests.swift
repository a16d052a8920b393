import CPUKernels
import Foundation
import KernelInterface
import TestSupport
import Testing

/// Reductions against their definition in Float64.
struct ReduceTests {
  /// Every order of kept and reduced dimensions, at lengths around vectors.
  @Test(arguments: ReduceDescriptor.Operation.allCases, [1, 2, 7, 8, 9, 33])
  func denseOrders(operation: ReduceDescriptor.Operation, length: Int) throws {
    let extents = [3, length, 5]
    for axes in [[], [0], [1], [2], [0, 1], [1, 2], [0, 2], [0, 1, 2]] {
      try Self.check(operation, extents, axes: axes)
    }
  }

  @Test(arguments: [0, 40_000])
  func longAndEmpty(length: Int) throws {
    for operation in ReduceDescriptor.Operation.allCases
    where length > 0 || !operation.givesPosition {
      try Self.check(operation, [2, length], axes: [1])
      try Self.check(operation, [length, 3], axes: [0])
    }
  }

  @Test(arguments: [1, 8, 13], [0, 1])
  func planesOfImages(channels: Int, border: Int) throws {
    let input = ImageLayout(batch: 2, channels: channels, height: 5, width: 6, channelBlock: 8)
      .with(border: (border, 0, border, 2))
    let output = ImageLayout(batch: 2, channels: channels, height: 1, width: 1, channelBlock: 8)
      .with(border: (0, border, 1, 0))
    var generator = SeededGenerator(seed: 3)
    let numbers = randomFloats(input.batch * input.imageStride, &generator)
    var descriptor = ReduceDescriptor()
    descriptor.operation = .mean
    descriptor.image = output
    descriptor.extents = output.nest
    descriptor.offset = input.originOffset
    descriptor.strides = [input.imageStride, input.channelBlockStride, 0, 0, 1]
    descriptor.reducedExtents = [5, 6]
    descriptor.reducedStrides = [input.rowStride, 8]
    let used = try descriptor.requirements().operands[0].byteCount / 4
    try KernelHarness.runEverywhere(
      descriptor, reading: [GuardedBuffer(Array(numbers.prefix(used)))]
    ) { result, table in
      var expected = Array(repeating: Float(0), count: result.floats.count)
      for image in 0..<2 {
        for channel in 0..<channels {
          var sum = 0.0
          for row in 0..<5 {
            for column in 0..<6 {
              sum += Double(
                numbers[
                  image * input.imageStride + channel / 8 * input.channelBlockStride
                    + input.originOffset + row * input.rowStride + column * 8 + channel % 8])
            }
          }
          expected[
            image * output.imageStride + channel / 8 * output.channelBlockStride
              + output.originOffset + channel % 8] = Float(sum / 30)
        }
      }
      #expect(result.floats == expected, "\(table.instructionSet)")
    }
  }

  @Test(arguments: [3, 8, 13])
  func epilogues(channels: Int) throws {
    let input = ImageLayout(batch: 2, channels: channels, height: 5, width: 6, channelBlock: 8)
    let output = ImageLayout(batch: 2, channels: channels, height: 1, width: 6, channelBlock: 8)
      .with(border: (0, 1, 1, 0))
    var generator = SeededGenerator(seed: 4)
    let images = Images.random(input, &generator)
    let epilogue = ReferenceEpilogue(output, &generator)
    var descriptor = ReduceDescriptor()
    descriptor.operation = .maximum
    descriptor.image = output
    descriptor.extents = output.nest
    descriptor.strides = [input.imageStride, input.channelBlockStride, 0, 8, 1]
    (descriptor.reducedExtents, descriptor.reducedStrides) = ([5], [input.rowStride])
    descriptor.epilogue = epilogue.epilogue
    let maxima = Images<BoundedValue>(
      batch: 2, channels: channels, height: 1, width: 6
    ) { n, c, _, x in
      BoundedValue(value: (0..<5).map { Double(images[n, c, $0, x]) }.max() ?? 0, bound: 0)
    }
    try KernelHarness.expectClose(
      descriptor,
      reading: [GuardedBuffer(images.placed(in: input, filler: 0))] + epilogue.operands,
      epilogue.apply(to: maxima).placed(in: output, filler: .zero))
  }

  @Test func specialValues() throws {
    let rows: [[Float]] = [
      [1, .nan, 3, 3], [.infinity, 1, .infinity, 2], [-.infinity, -.infinity, 0, 0],
      [-0.0, 0, 2, 2],
      [.nan, 1, .nan, 2],
    ]
    for operation in ReduceDescriptor.Operation.allCases {
      for selectsLast in [false, true] {
        try Self.check(
          operation, [5, 4], axes: [1], numbers: rows.flatMap { $0 }, selectsLast: selectsLast)
      }
    }
  }

  private static func check(
    _ operation: ReduceDescriptor.Operation, _ extents: [Int], axes: [Int],
    numbers: [Float]? = nil, selectsLast: Bool = false
  ) throws {
    var generator = SeededGenerator(seed: 1)
    let count = extents.reduce(1, *)
    let isPositive = operation == .logarithmOfSum || operation == .product
    let numbers =
      numbers ?? randomFloats(count, &generator).map { isPositive ? abs($0) * 0.1 + 0.98 : $0 }
    var descriptor = ReduceDescriptor()
    descriptor.operation = operation
    descriptor.selectsLast = selectsLast
    var stride = count
    for (axis, extent) in extents.enumerated() {
      stride = extent == 0 ? 0 : stride / extent
      if axes.contains(axis) {
        descriptor.reducedExtents.append(extent)
        descriptor.reducedStrides.append(stride)
      } else {
        descriptor.extents.append(extent)
        descriptor.strides.append(stride)
      }
    }
    try KernelHarness.runEverywhere(descriptor, reading: [GuardedBuffer(numbers)]) {
      result, table in
      let kept = places(descriptor.extents, descriptor.strides)
      let reduced = places(descriptor.reducedExtents, descriptor.reducedStrides)
      for (index, place) in kept.enumerated() {
        let elements = reduced.map { Double(numbers[place + $0]) }
        let expected = operation.reference(elements, selectsLast: selectsLast)
        let label = "\(table.instructionSet): \(operation) of \(extents) over \(axes), \(index)"
        if operation.givesPosition {
          let position = result.bytes.withUnsafeBytes {
            $0.loadUnaligned(fromByteOffset: index * 8, as: Int64.self)
          }
          #expect(position == Int64(expected), "\(label)")
        } else {
          let actual = Double(result.floats[index])
          let isClose =
            abs(actual - expected) <= 3e-7 * max(abs(expected), operation.allowance)
            || actual == expected || (actual.isNaN && expected.isNaN)
          #expect(isClose, "\(label): \(actual), expected \(expected)")
        }
      }
    }
  }

  private static func places(_ extents: [Int], _ strides: [Int]) -> [Int] {
    zip(extents, strides).reduce([0]) { places, dimension in
      places.flatMap { place in (0..<dimension.0).map { place + $0 * dimension.1 } }
    }
  }
}

extension ReduceDescriptor.Operation {
  /// What a relative error is taken of at least: the exponentials of a sum of them are float32.
  fileprivate var allowance: Double { self == .logarithmOfExponentialSum ? 1 : 1e-4 }

  fileprivate func reference(_ x: [Double], selectsLast: Bool) -> Double {
    let sum = x.reduce(0, +)
    let largest = x.contains(where: \.isNaN) ? .nan : x.max() ?? -.infinity
    switch self {
    case .sum: return sum
    case .mean: return sum / Double(x.count)
    case .product: return x.reduce(1, *)
    case .maximum: return largest
    case .minimum: return x.contains(where: \.isNaN) ? .nan : x.min() ?? .infinity
    case .absoluteSum: return x.reduce(0) { $0 + abs($1) }
    case .squareSum: return x.reduce(0) { $0 + $1 * $1 }
    case .euclideanNorm: return x.reduce(0) { $0 + $1 * $1 }.squareRoot()
    case .logarithmOfSum: return log(sum)
    case .logarithmOfExponentialSum:
      return largest.isInfinite ? largest : log(x.reduce(0) { $0 + exp($1) })
    case .variance:
      let mean = sum / Double(x.count)
      return x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
    case .argMax, .argMin:
      let keys = self == .argMax ? x : x.map { -$0 }
      let best = keys.contains(where: \.isNaN) ? nil : keys.max()
      func isBest(_ key: Double) -> Bool { best.map { $0 == key } ?? key.isNaN }
      return Double(
        (selectsLast ? keys.lastIndex(where: isBest) : keys.firstIndex(where: isBest)) ?? -1)
    }
  }
}
