import CPUKernels
import KernelInterface
import TestSupport
import Testing

/// Copies against a plain walk over all indices. The output's elements outside the region keep their
/// bytes.
struct CopyTests {
  private func check(_ copy: CopyDescriptor) throws {
    let size = copy.elementByteCount
    let source = (0..<copy.inputElementCount * size).map { UInt8(truncatingIfNeeded: $0 * 7 + 3) }
    var expected = [UInt8](repeating: 0xFF, count: copy.outputElementCount * size)
    for element in 0..<copy.extents.reduce(1, *) {
      var (rest, from, to) = (element, copy.inputOffset, copy.outputOffset)
      for dimension in copy.extents.indices.reversed() {
        let index = rest % copy.extents[dimension]
        rest /= copy.extents[dimension]
        from += index * copy.inputStrides[dimension]
        to += index * copy.outputStrides[dimension]
      }
      for byte in 0..<size { expected[to * size + byte] = source[from * size + byte] }
    }
    try KernelHarness.runEverywhere(copy, reading: [GuardedBuffer(source)]) { output, _ in
      #expect(output.bytes == expected)
    }
  }

  private func copy(
    _ size: Int, _ extents: [Int], from: (count: Int, offset: Int, strides: [Int]),
    to: (count: Int, offset: Int, strides: [Int])
  ) -> CopyDescriptor {
    var copy = CopyDescriptor()
    copy.elementByteCount = size
    copy.extents = extents
    (copy.inputElementCount, copy.inputOffset, copy.inputStrides) = from
    (copy.outputElementCount, copy.outputOffset, copy.outputStrides) = to
    return copy
  }

  @Test(arguments: [1, 2, 4, 8])
  func transposes(size: Int) throws {
    try check(copy(size, [5, 7, 3], from: (105, 0, [3, 15, 1]), to: (105, 0, [21, 3, 1])))
    try check(copy(size, [130, 150], from: (19500, 0, [1, 130]), to: (19500, 0, [150, 1])))
  }

  @Test func slicesBackwardsAndRepeats() throws {
    try check(copy(4, [4, 3], from: (40, 39, [-10, -2]), to: (12, 0, [3, 1])))
    try check(copy(4, [3, 4], from: (4, 0, [0, 1]), to: (12, 0, [4, 1])))
  }

  /// One input of a concatenation.
  @Test func writesAPart() throws {
    try check(copy(4, [3, 5], from: (15, 0, [5, 1]), to: (36, 4, [12, 1])))
  }

  @Test func scalarsAndEmptyRegions() throws {
    try check(copy(8, [], from: (1, 0, []), to: (1, 0, [])))
    try check(copy(4, [0, 3], from: (0, 0, [3, 1]), to: (2, 0, [3, 1])))
  }

  @Test func longRows() throws {
    try check(copy(4, [2, 40000], from: (80000, 0, [40000, 1]), to: (90001, 1, [45000, 1])))
  }
}
