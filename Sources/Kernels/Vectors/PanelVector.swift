import KernelInterface

/// The outputs of one row of a register tile: a narrow panel of 8 channels or a full one of 16. The
/// compiler splits a vector into as many registers as it takes.
@usableFromInline
package protocol PanelVector: SIMD, BitwiseCopyable where Scalar == Float {
  /// Channel blocks of 8 that lie `stride` elements apart.
  init(blocks: UnsafePointer<Float>, stride: Int)
  func storeBlocks(at target: UnsafeMutablePointer<Float>, stride: Int)
  func clamped(to bounds: ActivationBounds) -> Self
  /// The vector at `address`, at any alignment.
  static func load(_ address: UnsafePointer<Float>) -> Self
  func store(to address: UnsafeMutablePointer<Float>)
}

extension SIMD8: PanelVector where Scalar == Float {
  @inlinable @inline(__always)
  package init(blocks: UnsafePointer<Float>, stride: Int) { self = blocks.vector(at: 0) }

  @inlinable @inline(__always)
  package func storeBlocks(at target: UnsafeMutablePointer<Float>, stride: Int) {
    target.store(self, at: 0)
  }

  @inlinable @inline(__always)
  package func clamped(to bounds: ActivationBounds) -> Self { bounds.apply(self) }

  @inlinable @inline(__always)
  package static func load(_ address: UnsafePointer<Float>) -> Self { address.vector(at: 0) }

  @inlinable @inline(__always)
  package func store(to address: UnsafeMutablePointer<Float>) { address.store(self, at: 0) }
}

extension SIMD16: PanelVector where Scalar == Float {
  @inlinable @inline(__always)
  package init(blocks: UnsafePointer<Float>, stride: Int) {
    self.init(lowHalf: blocks.vector(at: 0), highHalf: blocks.vector(at: stride))
  }

  @inlinable @inline(__always)
  package func storeBlocks(at target: UnsafeMutablePointer<Float>, stride: Int) {
    target.store(lowHalf, at: 0)
    target.store(highHalf, at: stride)
  }

  @inlinable @inline(__always)
  package func clamped(to bounds: ActivationBounds) -> Self {
    Self(lowHalf: bounds.apply(lowHalf), highHalf: bounds.apply(highHalf))
  }

  @inlinable @inline(__always)
  package static func load(_ address: UnsafePointer<Float>) -> Self {
    UnsafeRawPointer(address).loadUnaligned(as: SIMD16<Float>.self)
  }

  @inlinable @inline(__always)
  package func store(to address: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(address).storeBytes(of: self, as: SIMD16<Float>.self)
  }
}
