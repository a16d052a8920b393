import CPUKernels
import KernelInterface
import Tensors
import Testing

struct CastTests {
  private func check<From: BitwiseCopyable, To: BitwiseCopyable & Equatable>(
    _ from: ElementType, _ input: [From], _ to: ElementType, _ expected: [To]
  ) throws {
    var cast = CastDescriptor()
    cast.elementCount = input.count
    (cast.from, cast.to) = (from, to)
    try KernelHarness.runEverywhere(cast, reading: [GuardedBuffer(input)]) { output, _ in
      #expect(output.elements(To.self) == expected)
    }
  }

  @Test func floatsToIntegersCutAndSaturate() throws {
    let input: [Float] = [1.9, -1.9, 300, -300, .infinity, -.infinity, .nan, 1e20]
    try check(
      .float32, input, .int8, [1, -1, 127, -128, 127, -128, 0, 127] as [Int8])
    try check(.float32, input, .uint8, [1, 0, 255, 0, 255, 0, 0, 255] as [UInt8])
    try check(
      .float32, input, .int64,
      [1, -1, 300, -300, Int64.max, Int64.min, 0, Int64.max])
    try check(
      .float32, input, .uint64,
      [1, 0, 300, 0, UInt64.max, 0, 0, UInt64.max])
  }

  @Test func integersKeepTheirLowBits() throws {
    try check(.int64, [257, -1, Int64.max] as [Int64], .uint8, [1, 255, 255] as [UInt8])
    try check(.uint64, [UInt64.max, 5], .int32, [-1, 5] as [Int32])
  }

  @Test func floatsRoundToNearestEven() throws {
    try check(
      .float32, [1, 1.001, 65520, 1e-8] as [Float], .float16,
      [1, 1.001, .infinity, 0] as [Float16])
    try check(
      .float32, [1, Float(bitPattern: 0x3F80_8000), Float(bitPattern: 0x3F81_8000)] as [Float],
      .bfloat16, [0x3F80, 0x3F80, 0x3F82] as [UInt16])
    try check(.bfloat16, [0x3F80, 0xC000] as [UInt16], .float64, [1, -2] as [Double])
    try check(.int64, [16_777_217, -3] as [Int64], .float32, [16_777_216, -3] as [Float])
  }

  /// A double just above the middle between two numbers of bfloat16, by less than a float tells.
  @Test func doublesRoundOnce() throws {
    try check(
      .float64, [1 + 0x1p-8, 1 + 0x1p-8 + 0x1p-40, 1e300, -1e300] as [Double], .bfloat16,
      [0x3F80, 0x3F81, 0x7F80, 0xFF80] as [UInt16])
    try check(
      .float64, [1 + 0x1p-11, 1 + 0x1p-11 + 0x1p-40] as [Double], .float16,
      [1, 1 + 0x1p-10] as [Float16])
  }

  @Test func anythingToTruthValues() throws {
    try check(.float32, [0, -0.0, 0.5, .nan] as [Float], .bool, [0, 0, 1, 1] as [UInt8])
    try check(.int32, [0, 2, -1] as [Int32], .bool, [0, 1, 1] as [UInt8])
    try check(.bool, [0, 1, 7] as [UInt8], .float32, [0, 1, 1] as [Float])
  }

  @Test func severalItems() throws {
    let input = (0..<50_000).map { Int32($0) }
    try check(.int32, input, .float32, input.map { Float($0) })
  }

  /// Every pair of types converts 0 and 1.
  @Test(arguments: ElementType.allCases, ElementType.allCases)
  func everyPair(from: ElementType, to: ElementType) throws {
    let count = 30
    func ones(_ type: ElementType) throws -> GuardedBuffer {
      var cast = CastDescriptor()
      (cast.elementCount, cast.from, cast.to) = (count, .uint8, type)
      let bytes = (0..<count).map { UInt8($0 % 3 == 0 ? 1 : 0) }
      let table = try #require(KernelTable.all.last)
      let outputs = try KernelHarness.run(
        cast, reading: [GuardedBuffer(bytes)], table: table, pool: try ThreadPool(threadCount: 1))
      return try #require(outputs.first)
    }
    var cast = CastDescriptor()
    (cast.elementCount, cast.from, cast.to) = (count, from, to)
    let expected = try ones(to).bytes
    try KernelHarness.runEverywhere(cast, reading: [try ones(from)]) { output, _ in
      #expect(output.bytes == expected)
    }
  }
}
