import CMachine
import KernelInterface

extension LinearGate {
  @inlinable @inline(__always)
  package func apply(_ x: SIMD8<Float>) -> SIMD8<Float> {
    let line = tessera_sum_8(
      tessera_product_8(x, SIMD8(repeating: factor)), SIMD8(repeating: addend))
    let gate = tessera_clamp_8(line, SIMD8(repeating: low), SIMD8(repeating: high))
    return multipliesResult ? tessera_product_8(gate, x) : gate
  }

  @inlinable @inline(__always)
  package func apply(_ x: SIMD16<Float>) -> SIMD16<Float> {
    let line = tessera_sum_16(
      tessera_product_16(x, SIMD16(repeating: factor)), SIMD16(repeating: addend))
    let gate = tessera_clamp_16(line, SIMD16(repeating: low), SIMD16(repeating: high))
    return multipliesResult ? tessera_product_16(gate, x) : gate
  }
}
