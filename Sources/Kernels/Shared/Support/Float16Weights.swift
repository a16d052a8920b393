import KernelVectors

enum Float16Weights: WeightReader {
  @inline(__always)
  static var byteCount: Int { 2 }

  @inline(__always)
  static func panel8(at address: UnsafeRawPointer) -> SIMD8<Float> {
    Arithmetic.widened(halves: address.loadUnaligned(as: SIMD8<UInt16>.self))
  }

  @inline(__always)
  static func panel16(at address: UnsafeRawPointer) -> SIMD16<Float> {
    unsafeBitCast(
      (panel8(at: address), panel8(at: address + 8 &* byteCount)), to: SIMD16<Float>.self)
  }
}
