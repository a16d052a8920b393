import CPUKernels
import KernelInterface
import TestSupport
import Testing

struct BinaryTests {
  struct Case: CustomTestStringConvertible {
    let extents: [Int]
    let left: [Int]
    let right: [Int]
    var testDescription: String { "\(extents) of \(left) and \(right)" }
  }

  static let cases = [
    Case(extents: [], left: [], right: []),
    Case(extents: [17], left: [1], right: [1]),
    Case(extents: [17], left: [1], right: [0]),
    Case(extents: [17], left: [0], right: [1]),
    Case(extents: [3, 5, 9], left: [45, 9, 1], right: [0, 9, 1]),
    Case(extents: [3, 5, 9], left: [45, 9, 1], right: [0, 1, 0]),
    Case(extents: [3, 1, 9], left: [0, 0, 1], right: [1, 0, 0]),
    Case(extents: [40000], left: [1], right: [1]),
    Case(extents: [700, 30], left: [30, 1], right: [1, 0]),
    Case(extents: [4, 0, 3], left: [0, 3, 1], right: [0, 3, 1]),
  ]

  @Test(arguments: cases, BinaryDescriptor.Operation.allCases)
  func computes(shape: Case, operation: BinaryDescriptor.Operation) throws {
    var generator = SeededGenerator(seed: 1)
    var binary = BinaryDescriptor()
    binary.operation = operation
    (binary.extents, binary.leftStrides, binary.rightStrides) = (
      shape.extents, shape.left, shape.right
    )
    let requirements = try binary.requirements()
    let left = randomFloats(requirements.operands[0].byteCount / 4, &generator)
    let right = randomFloats(requirements.operands[1].byteCount / 4, &generator)
    let count = shape.extents.reduce(1, *)
    let expected = (0..<count).map { element -> Float in
      var (rest, leftOffset, rightOffset) = (element, 0, 0)
      for dimension in shape.extents.indices.reversed() {
        let index = rest % shape.extents[dimension]
        rest /= shape.extents[dimension]
        leftOffset += index * shape.left[dimension]
        rightOffset += index * shape.right[dimension]
      }
      return switch operation {
      case .add: left[leftOffset] + right[rightOffset]
      case .subtract: left[leftOffset] - right[rightOffset]
      case .multiply: left[leftOffset] * right[rightOffset]
      case .divide: left[leftOffset] / right[rightOffset]
      }
    }
    try KernelHarness.runEverywhere(
      binary, reading: [GuardedBuffer(left), GuardedBuffer(right)]
    ) { output, _ in #expect(output.floats == expected) }
  }
}
