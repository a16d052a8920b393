import KernelVectors

enum Float16Weights: WeightReader {
  @inline(__always)
  static var byteCount: Int { 2 }

  @inline(__always)
  static func vector(at address: UnsafeRawPointer) -> Vector {
    Arithmetic.widened(halves: address.loadUnaligned(as: SIMD8<UInt16>.self))
  }
}
