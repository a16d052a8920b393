import CPUKernels
import Foundation
import KernelInterface
import PointwisePrograms
import Testing

/// Errors of the elementary functions against Float64, on floats spread evenly over the bits and over
/// the line.
struct TranscendentalsTests {
  private static let points: [Float] = {
    let byBits = stride(from: UInt32(0), to: 0x7F80_0000, by: 30_011).map(Float.init(bitPattern:))
    let byLine = (0...20_000).map { Float($0) * 0.006 }
    return (byBits + byLine).flatMap { [$0, -$0] } + [.infinity, -.infinity]
  }()

  /// The largest error in units of the last place of the result, subnormal results counted in units of
  /// the smallest number.
  private static func largestError(
    _ operation: PointwiseOperation, _ table: KernelTable, ignoringBelow least: Double = 0,
    _ function: (Double) -> Double
  ) throws -> Double {
    var step = PointwiseDescriptor()
    _ = step.program.append(operation, 0)
    step.extents = [points.count]
    step.inputs = [.init(strides: [1])]
    let output = try KernelHarness.run(
      step, reading: [GuardedBuffer(points)], table: table, pool: ThreadPool(threadCount: 1))
    var largest = 0.0
    for (x, y) in zip(points, try #require(output.first).floats) {
      let exact = function(Double(x))
      let rounded = Float(exact)
      guard abs(exact) >= least else { continue }
      let error =
        rounded == y || (exact.isNaN && y.isNaN) ? 0 : abs(Double(y) - exact) / Double(rounded.ulp)
      // NaN, as the distance of an infinite result, counts as infinite.
      largest = max(largest, error.isNaN ? .infinity : error)
    }
    return largest
  }

  @Test func exponential() throws {
    for table in KernelTable.all {
      #expect(try Self.largestError(.exponential, table, exp) <= 2, "\(table.instructionSet)")
    }
  }

  @Test func sigmoid() throws {
    for table in KernelTable.all {
      let error = try Self.largestError(
        .sigmoid, table, ignoringBelow: Double(Float.leastNormalMagnitude)
      ) { 1 / (1 + exp(-$0)) }
      #expect(error <= 3, "\(table.instructionSet)")
    }
  }

  @Test func hyperbolicTangent() throws {
    for table in KernelTable.all {
      #expect(
        try Self.largestError(.hyperbolicTangent, table, tanh) <= 4, "\(table.instructionSet)")
    }
  }

  @Test func logarithm() throws {
    for table in KernelTable.all {
      #expect(try Self.largestError(.logarithm, table, log) <= 2, "\(table.instructionSet)")
    }
  }

  @Test func logarithmOfOnePlus() throws {
    for table in KernelTable.all {
      #expect(
        try Self.largestError(.logarithmOfOnePlus, table, log1p) <= 4, "\(table.instructionSet)")
    }
  }

  @Test func errorFunction() throws {
    for table in KernelTable.all {
      #expect(try Self.largestError(.errorFunction, table, erf) <= 3, "\(table.instructionSet)")
    }
  }
}
