import KernelInterface
import Tensors

/// Converts elements from one type to another; the contract is `CastDescriptor`'s.
struct Cast {
  private let from: ElementType
  private let to: ElementType
  private let input: UnsafeRawPointer
  private let output: UnsafeMutableRawPointer

  static let kernel = Kernel(CastDescriptor.self) { cast, operands in
    let call = Cast(
      from: cast.from, to: cast.to, input: UnsafeRawPointer(operands[0]), output: operands[1])
    let chunks = Chunks(elementCount: cast.elementCount)
    return [
      WorkPhase(itemCount: chunks.count) { item, _ in
        call.convert(chunks.elements(ofChunk: item))
      }
    ]
  }

  /// The usual conversions in loops of their own, the others by way of a value that holds them all.
  private func convert(_ elements: Range<Int>) {
    switch (from, to) {
    case (.float32, .float16): convert(elements) { (x: Float) in Float16(x) }
    case (.float16, .float32): convert(elements) { (x: Float16) in Float(x) }
    case (.float32, .bfloat16): convert(elements) { (x: Float) in x.bfloat16Bits }
    case (.bfloat16, .float32): convert(elements) { (x: UInt16) in Float(bfloat16Bits: x) }
    case (.float32, .float64): convert(elements) { (x: Float) in Double(x) }
    case (.float64, .float32): convert(elements) { (x: Double) in Float(x) }
    case (.uint8, .float32): convert(elements) { (x: UInt8) in Float(x) }
    default: for index in elements { store(load(index), at: index) }
    }
  }

  @inline(__always)
  private func convert<Source: BitwiseCopyable, Target: BitwiseCopyable>(
    _ elements: Range<Int>, _ body: (Source) -> Target
  ) {
    let source = input.assumingMemoryBound(to: Source.self)
    let target = output.assumingMemoryBound(to: Target.self)
    for index in elements { target[index] = body(source[index]) }
  }

  /// A value of any element type, exact.
  private enum Value {
    case real(Double)
    case signed(Int64)
    case unsigned(UInt64)
  }

  private func element<Scalar: BitwiseCopyable>(_ index: Int, _: Scalar.Type) -> Scalar {
    input.assumingMemoryBound(to: Scalar.self)[index]
  }

  private func load(_ index: Int) -> Value {
    switch from {
    case .float32: .real(Double(element(index, Float.self)))
    case .float64: .real(element(index, Double.self))
    case .float16: .real(Double(element(index, Float16.self)))
    case .bfloat16: .real(Double(Float(bfloat16Bits: element(index, UInt16.self))))
    case .int8: .signed(Int64(element(index, Int8.self)))
    case .int16: .signed(Int64(element(index, Int16.self)))
    case .int32: .signed(Int64(element(index, Int32.self)))
    case .int64: .signed(element(index, Int64.self))
    case .uint8: .unsigned(UInt64(element(index, UInt8.self)))
    case .uint16: .unsigned(UInt64(element(index, UInt16.self)))
    case .uint32: .unsigned(UInt64(element(index, UInt32.self)))
    case .uint64: .unsigned(element(index, UInt64.self))
    case .bool: .unsigned(element(index, UInt8.self) == 0 ? 0 : 1)
    }
  }

  private func store(_ value: Value, at index: Int) {
    switch to {
    case .float32: set(Self.floating(value, Float.self), index)
    case .float64: set(Self.floating(value, Double.self), index)
    case .float16: set(Self.floating(value, Float16.self), index)
    case .bfloat16: set(Self.floating(value, Double.self).bfloat16Bits, index)
    case .int8: set(Self.integer(value, Int8.self), index)
    case .int16: set(Self.integer(value, Int16.self), index)
    case .int32: set(Self.integer(value, Int32.self), index)
    case .int64: set(Self.integer(value, Int64.self), index)
    case .uint8: set(Self.integer(value, UInt8.self), index)
    case .uint16: set(Self.integer(value, UInt16.self), index)
    case .uint32: set(Self.integer(value, UInt32.self), index)
    case .uint64: set(Self.integer(value, UInt64.self), index)
    case .bool: set(Self.isTrue(value) ? 1 as UInt8 : 0, index)
    }
  }

  private func set<Scalar: BitwiseCopyable>(_ value: Scalar, _ index: Int) {
    output.assumingMemoryBound(to: Scalar.self)[index] = value
  }

  private static func floating<Target: BinaryFloatingPoint>(_ value: Value, _: Target.Type)
    -> Target
  {
    switch value {
    case .real(let x): Target(x)
    case .signed(let x): Target(x)
    case .unsigned(let x): Target(x)
    }
  }

  /// Integers keep their low bits; floating-point numbers are cut towards zero and saturate.
  private static func integer<Target: FixedWidthInteger>(_ value: Value, _: Target.Type) -> Target {
    switch value {
    case .signed(let x): return Target(truncatingIfNeeded: x)
    case .unsigned(let x): return Target(truncatingIfNeeded: x)
    case .real(let x):
      if x.isNaN { return 0 }
      if x >= Double(Target.max) { return Target.max }
      if x <= Double(Target.min) { return Target.min }
      return Target(x)
    }
  }

  private static func isTrue(_ value: Value) -> Bool {
    switch value {
    case .real(let x): x != 0
    case .signed(let x): x != 0
    case .unsigned(let x): x != 0
    }
  }
}
