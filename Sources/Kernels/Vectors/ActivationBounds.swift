import CMachine
import KernelInterface

/// An activation as two bounds, infinite where there is none. NaN passes through.
@usableFromInline
package struct ActivationBounds: Sendable {
  @usableFromInline package let low: Float
  @usableFromInline package let high: Float

  package static let none = ActivationBounds(.identity)

  package init(low: Float, high: Float) {
    self.low = low
    self.high = high
  }

  package init(_ activation: Activation) {
    switch activation.kind {
    case .identity: (low, high) = (-.infinity, .infinity)
    case .relu: (low, high) = (0, .infinity)
    case .clamp: (low, high) = (activation.low, activation.high)
    }
  }

  @inlinable @inline(__always)
  package func apply(_ x: SIMD8<Float>) -> SIMD8<Float> {
    tessera_clamp_8(x, SIMD8(repeating: low), SIMD8(repeating: high))
  }

  @inlinable @inline(__always)
  package func apply(_ x: SIMD16<Float>) -> SIMD16<Float> {
    tessera_clamp_16(x, SIMD16(repeating: low), SIMD16(repeating: high))
  }

  @inlinable @inline(__always)
  package func apply(_ x: Float) -> Float {
    let raised = x < low ? low : x
    return raised > high ? high : raised
  }
}
