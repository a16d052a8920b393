/// How a kernel reads weights of one stored type: 8 at a time, at any alignment, as float32.
@usableFromInline
package protocol WeightReader {
  /// Bytes of one weight.
  static var byteCount: Int { get }
  static func vector(at address: UnsafeRawPointer) -> SIMD8<Float>
}

@usableFromInline
package enum Float32Weights: WeightReader {
  @inlinable @inline(__always)
  package static var byteCount: Int { 4 }

  @inlinable @inline(__always)
  package static func vector(at address: UnsafeRawPointer) -> SIMD8<Float> {
    address.loadUnaligned(as: SIMD8<Float>.self)
  }
}

@usableFromInline
package enum BFloat16Weights: WeightReader {
  @inlinable @inline(__always)
  package static var byteCount: Int { 2 }

  @inlinable @inline(__always)
  package static func vector(at address: UnsafeRawPointer) -> SIMD8<Float> {
    let upperHalves = address.loadUnaligned(as: SIMD8<UInt16>.self)
    return unsafeBitCast(
      SIMD8<UInt32>(truncatingIfNeeded: upperHalves) &<< 16, to: SIMD8<Float>.self)
  }
}

/// Multiples of a scale that the kernel applies to its sums.
@usableFromInline
package enum Int8Weights: WeightReader {
  @inlinable @inline(__always)
  package static var byteCount: Int { 1 }

  @inlinable @inline(__always)
  package static func vector(at address: UnsafeRawPointer) -> SIMD8<Float> {
    SIMD8<Float>(address.loadUnaligned(as: SIMD8<Int8>.self))
  }
}
