import CMachine

/// How a kernel reads weights of one stored type as float32, those of a panel of 8 or 16 outputs at a time, at any
/// alignment.
@usableFromInline
package protocol WeightReader {
  /// Bytes of one weight.
  static var byteCount: Int { get }
  static func panel8(at address: UnsafeRawPointer) -> SIMD8<Float>
  static func panel16(at address: UnsafeRawPointer) -> SIMD16<Float>
}

/// The weights of an input for a panel.
@usableFromInline
package protocol WeightVector: PanelVector {
  static func read<Reader: WeightReader>(_ address: UnsafeRawPointer, _: Reader.Type) -> Self
}

extension SIMD8: WeightVector where Scalar == Float {
  @inlinable @inline(__always)
  package static func read<Reader: WeightReader>(
    _ address: UnsafeRawPointer, _: Reader.Type
  ) -> Self { Reader.panel8(at: address) }
}

extension SIMD16: WeightVector where Scalar == Float {
  @inlinable @inline(__always)
  package static func read<Reader: WeightReader>(
    _ address: UnsafeRawPointer, _: Reader.Type
  ) -> Self { Reader.panel16(at: address) }
}

@usableFromInline
package enum Float32Weights: WeightReader {
  @inlinable @inline(__always)
  package static var byteCount: Int { 4 }

  @inlinable @inline(__always)
  package static func panel8(at address: UnsafeRawPointer) -> SIMD8<Float> {
    address.loadUnaligned(as: SIMD8<Float>.self)
  }

  @inlinable @inline(__always)
  package static func panel16(at address: UnsafeRawPointer) -> SIMD16<Float> {
    address.loadUnaligned(as: SIMD16<Float>.self)
  }
}

@usableFromInline
package enum BFloat16Weights: WeightReader {
  @inlinable @inline(__always)
  package static var byteCount: Int { 2 }

  @inlinable @inline(__always)
  package static func panel8(at address: UnsafeRawPointer) -> SIMD8<Float> {
    tessera_widened_bfloat16_8(address)
  }

  @inlinable @inline(__always)
  package static func panel16(at address: UnsafeRawPointer) -> SIMD16<Float> {
    tessera_widened_bfloat16_16(address)
  }
}

/// Multiples of a scale that the kernel applies to its sums.
@usableFromInline
package enum Int8Weights: WeightReader {
  @inlinable @inline(__always)
  package static var byteCount: Int { 1 }

  @inlinable @inline(__always)
  package static func panel8(at address: UnsafeRawPointer) -> SIMD8<Float> {
    tessera_widened_int8_8(address)
  }

  @inlinable @inline(__always)
  package static func panel16(at address: UnsafeRawPointer) -> SIMD16<Float> {
    tessera_widened_int8_16(address)
  }
}

/// Likewise.
@usableFromInline
package enum Int24Weights: WeightReader {
  @inlinable @inline(__always)
  package static var byteCount: Int { 3 }

  @inlinable @inline(__always)
  package static func panel8(at address: UnsafeRawPointer) -> SIMD8<Float> {
    tessera_widened_int24_8(address)
  }

  @inlinable @inline(__always)
  package static func panel16(at address: UnsafeRawPointer) -> SIMD16<Float> {
    tessera_widened_int24_16(address)
  }
}
