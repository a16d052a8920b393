import CPUKernels
import KernelInterface
import Tensors
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

  /// Every type rounds each result once.
  @Test(arguments: BinaryDescriptor.Operation.allCases)
  func computesInEveryFloatingPointType(operation: BinaryDescriptor.Operation) throws {
    var generator = SeededGenerator(seed: 2)
    let count = 101
    let left = randomFloats(count, &generator)
    let right = randomFloats(count, &generator)
    func check<Element: BitwiseCopyable & Equatable>(
      _ type: ElementType, _ element: (Float) -> Element, _ expected: (Element, Element) -> Element
    ) throws {
      var binary = BinaryDescriptor()
      (binary.operation, binary.elementType) = (operation, type)
      (binary.extents, binary.leftStrides, binary.rightStrides) = ([2, count], [0, 1], [0, 1])
      let (a, b) = (left.map(element), right.map(element))
      let row = zip(a, b).map(expected)
      try KernelHarness.runEverywhere(binary, reading: [GuardedBuffer(a), GuardedBuffer(b)]) {
        output, table in
        #expect(output.elements(Element.self) == row + row, "\(type) \(table.instructionSet)")
      }
    }
    func apply<Number: BinaryFloatingPoint>(_ a: Number, _ b: Number) -> Number {
      switch operation {
      case .add: a + b
      case .subtract: a - b
      case .multiply: a * b
      case .divide: a / b
      }
    }
    try check(.float64, { Double($0) + 0x1p-40 }, { apply($0, $1) })
    try check(.float16, { Float16($0) }, { apply($0, $1) })
    try check(
      .bfloat16, \.bfloat16Bits,
      { apply(Double(Float(bfloat16Bits: $0)), Double(Float(bfloat16Bits: $1))).bfloat16Bits })
  }

  @Test func refusesIntegers() throws {
    var binary = BinaryDescriptor()
    binary.elementType = .int32
    #expect(throws: TesseraError.self) { try binary.requirements() }
  }
}
