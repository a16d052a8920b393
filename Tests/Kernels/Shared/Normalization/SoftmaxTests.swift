import CPUKernels
import KernelInterface
import Platform
import Testing
import TestSupport

struct SoftmaxTests {
  @Test(arguments: [(1, 1000, 1), (3, 7, 5), (5, 1, 1), (700, 10, 1)], [false, true])
  func normalizesAlongTheAxis(shape: (outer: Int, axis: Int, inner: Int), isLogarithmic: Bool)
    throws
  {
    var generator = SeededGenerator(seed: 1)
    var softmax = SoftmaxDescriptor()
    (softmax.outerCount, softmax.axisCount, softmax.innerCount) = shape
    softmax.isLogarithmic = isLogarithmic
    let input = randomFloats(shape.outer * shape.axis * shape.inner, &generator).map { $0 * 20 }
    var expected = [BoundedValue](repeating: .zero, count: input.count)
    for outer in 0..<shape.outer {
      for inner in 0..<shape.inner {
        let line = (0..<shape.axis).map { (outer * shape.axis + $0) * shape.inner + inner }
        let largest = line.map { Double(input[$0]) }.max() ?? 0
        let sum = line.map { exp(Double(input[$0]) - largest) }.reduce(0, +)
        for index in line {
          let logarithm = Double(input[index]) - largest - log(sum)
          // The difference to the maximum, at most 40, is off by 40 roundings of 1. The exponential
          // makes a relative error of them, the sum's logarithm an absolute one, and the logarithm's
          // own difference is rounded at that size once more; a few come from the rest.
          let relative = 50 * BoundedValue.unitRoundoff
          expected[index] =
            isLogarithmic
            ? BoundedValue(value: logarithm, bound: 130 * BoundedValue.unitRoundoff)
            : BoundedValue(value: exp(logarithm), bound: relative * exp(logarithm))
        }
      }
    }
    try KernelHarness.expectClose(softmax, reading: [GuardedBuffer(input)], expected)
  }

  /// Without the maximum subtracted, the exponential would overflow.
  @Test func largeValuesStayFinite() throws {
    var softmax = SoftmaxDescriptor()
    softmax.axisCount = 2
    try KernelHarness.runEverywhere(softmax, reading: [GuardedBuffer([Float(1000), 1000])]) {
      output, _ in #expect(output.floats == [0.5, 0.5])
    }
  }
}
