import TensorFiles
import Tensors
import Testing

@Suite struct ElementConversionTests {
  private func converted(_ values: [Double], to type: ElementType) throws -> [Double] {
    numbers(try Tensor(values, shape: [values.count]).converted(to: type))
  }

  /// 0, 1 and 2 are exact in every type but bool; more elements than one piece of the conversion.
  @Test(arguments: ElementType.allCases, ElementType.allCases)
  func smallIntegersSurvive(_ source: ElementType, _ target: ElementType) throws {
    let values = (0..<2500).map { Double($0 % 3) }
    let tensor = try Tensor(values, shape: [50, 50]).converted(to: source).converted(to: target)
    #expect(tensor.elementType == target)
    #expect(tensor.shape.dimensions == [50, 50])
    let isBoolean = source == .bool || target == .bool
    #expect(numbers(tensor) == (isBoolean ? values.map { min($0, 1) } : values))
  }

  @Test func floatsSaturateToIntegers() throws {
    let values = [-1e30, -129.5, -0.9, 0.9, 127.9, 128, 1e30, .infinity, -.infinity, .nan]
    #expect(try converted(values, to: .int8) == [-128, -128, 0, 0, 127, 127, 127, 127, -128, 0])
    #expect(try converted(values, to: .uint8) == [0, 0, 0, 0, 127, 128, 255, 255, 0, 0])
    let wide = try Tensor([1e30, -1e30], shape: [2])
    #expect(try wide.converted(to: .int64).values(as: Int64.self) == [.max, .min])
    #expect(try wide.converted(to: .uint64).values(as: UInt64.self) == [.max, 0])
  }

  @Test func integersSaturate() throws {
    let tensor = try Tensor([Int64.min, -1, 300, Int64.max], shape: [4])
    #expect(try tensor.converted(to: .uint8).values(as: UInt8.self) == [0, 0, 255, 255])
    #expect(try tensor.converted(to: .int32).values(as: Int32.self) == [.min, -1, 300, .max])
    #expect(
      try tensor.converted(to: .uint64).values(as: UInt64.self) == [0, 0, 300, UInt64(Int64.max)])
  }

  @Test func float16RoundsToEvenAndOverflowsToInfinity() throws {
    // 2048 and 2050 are neighbours in float16; 65520 lies half way to 2¹⁶, past the largest.
    #expect(
      try converted([2049, 2051, 65519, 65520, -65520], to: .float16)
        == [2048, 2052, 65504, .infinity, -.infinity])
  }

  /// bfloat16 has 8 significant bits: 1 + 2⁻⁸ is half way between 1 and 1 + 2⁻⁷. 2⁻⁴⁰ more is lost in
  /// float32, but must decide the tie.
  @Test func bfloat16RoundsOnce() throws {
    let half = 1 + 0x1p-8
    #expect(
      try converted([half, half + 0x1p-40, half - 0x1p-40, 1 + 0x1.8p-7 - 0x1p-40], to: .bfloat16)
        == [1, 1 + 0x1p-7, 1, 1 + 0x1p-7])
    #expect(
      try converted([-half, 3.4e38, 1e300, -0.0], to: .bfloat16)
        == [-1, .infinity, .infinity, 0])
    #expect(try converted([.nan], to: .bfloat16)[0].isNaN)
  }

  @Test func everyBFloat16SurvivesFloat32() throws {
    let patterns = Array(UInt16.min...UInt16.max)
    let tensor = try patterns.withUnsafeBytes { bytes in
      try Tensor(elementType: .bfloat16, shape: .vector(patterns.count)) {
        $0.copyMemory(from: bytes)
      }
    }
    let back = try tensor.converted(to: .float32).converted(to: .bfloat16)
    back.withUnsafeBytes { bytes in
      for pattern in patterns where pattern & 0x7FFF <= 0x7F80 {
        let found = bytes.loadUnaligned(fromByteOffset: Int(pattern) * 2, as: UInt16.self)
        #expect(found == pattern)
      }
    }
  }
}
