/// Neighbouring pixels of a channel block in one register: a pixel of 8 channels or two.
@usableFromInline
package protocol PixelVector: PanelVector, SIMD where Scalar == Float {
  static var pixelCount: Int { get }
  /// The same in each pixel.
  init(pixel: SIMD8<Float>)
  /// `a · b + c`, rounded as the arithmetic has it.
  static func multiplyAdd<Arithmetic: VectorArithmetic>(
    _ a: Self, _ b: Self, _ c: Self, _: Arithmetic.Type
  ) -> Self
  /// As of vectors of one pixel.
  static func maximum(_ a: Self, _ b: Self) -> Self
}

extension SIMD8: PixelVector where Scalar == Float {
  @inlinable @inline(__always)
  package static var pixelCount: Int { 1 }

  @inlinable @inline(__always)
  package init(pixel: SIMD8<Float>) { self = pixel }

  @inlinable @inline(__always)
  package static func multiplyAdd<Arithmetic: VectorArithmetic>(
    _ a: Self, _ b: Self, _ c: Self, _: Arithmetic.Type
  ) -> Self { Arithmetic.multiplyAdd(a, b, c) }

  @inlinable @inline(__always)
  package static func maximum(_ a: Self, _ b: Self) -> Self { KernelVectors.maximum(a, b) }
}

extension SIMD16: PixelVector where Scalar == Float {
  @inlinable @inline(__always)
  package static var pixelCount: Int { 2 }

  @inlinable @inline(__always)
  package init(pixel: SIMD8<Float>) { self.init(lowHalf: pixel, highHalf: pixel) }

  @inlinable @inline(__always)
  package static func multiplyAdd<Arithmetic: VectorArithmetic>(
    _ a: Self, _ b: Self, _ c: Self, _: Arithmetic.Type
  ) -> Self { Arithmetic.multiplyAdd(a, b, c) }

  @inlinable @inline(__always)
  package static func maximum(_ a: Self, _ b: Self) -> Self {
    let larger = unsafeBitCast(a.replacing(with: b, where: b .> a), to: SIMD16<UInt32>.self)
    let notANumber = SIMD16<UInt32>.zero.replacing(with: .max, where: b .!= b)
    return unsafeBitCast(larger | notANumber, to: SIMD16<Float>.self)
  }
}
