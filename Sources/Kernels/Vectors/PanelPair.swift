import KernelInterface

/// The outputs of two full panels, for instruction sets of registers enough.
@usableFromInline
package struct PanelPair: PanelVector {
  @usableFromInline var first: SIMD16<Float>
  @usableFromInline var second: SIMD16<Float>

  @inlinable @inline(__always)
  init(first: SIMD16<Float>, second: SIMD16<Float>) {
    self.first = first
    self.second = second
  }

  @inlinable package static var width: Int { 32 }
  @inlinable package static var panelCount: Int { 2 }
  @inlinable package static var zero: Self { Self(first: .zero, second: .zero) }

  @inlinable @inline(__always)
  package func adding(_ other: Self) -> Self {
    Self(first: first.adding(other.first), second: second.adding(other.second))
  }

  @inlinable @inline(__always)
  package func multiplied(by other: Self) -> Self {
    Self(first: first.multiplied(by: other.first), second: second.multiplied(by: other.second))
  }

  @inlinable @inline(__always)
  package mutating func addProduct<Arithmetic: VectorArithmetic>(
    _ input: Float, _ weights: Self, _: Arithmetic.Type
  ) {
    let input = SIMD16<Float>(repeating: input)
    first = Arithmetic.multiplyAdd(input, weights.first, first)
    second = Arithmetic.multiplyAdd(input, weights.second, second)
  }

  @inlinable @inline(__always)
  package init(blocks: UnsafePointer<Float>, stride: Int) {
    first = SIMD16(blocks: blocks, stride: stride)
    second = SIMD16(blocks: blocks + 2 &* stride, stride: stride)
  }

  @inlinable @inline(__always)
  package func storeBlocks(at target: UnsafeMutablePointer<Float>, stride: Int) {
    first.storeBlocks(at: target, stride: stride)
    second.storeBlocks(at: target + 2 &* stride, stride: stride)
  }

  @inlinable @inline(__always)
  package func clamped(to bounds: ActivationBounds) -> Self {
    Self(first: first.clamped(to: bounds), second: second.clamped(to: bounds))
  }

  @inlinable @inline(__always)
  package static func load(_ address: UnsafePointer<Float>, panelStride: Int) -> Self {
    Self(
      first: SIMD16.load(address, panelStride: 0),
      second: SIMD16.load(address + panelStride, panelStride: 0))
  }

  @inlinable @inline(__always)
  package func store(to address: UnsafeMutablePointer<Float>) {
    first.store(to: address)
    second.store(to: address + 16)
  }
}
