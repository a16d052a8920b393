import CMachine
import KernelInterface

/// The outputs of one row of a register tile: a narrow panel of 8 channels, a full one of 16 or two full
/// ones. The compiler splits a vector into as many registers as it takes.
@usableFromInline
package protocol PanelVector: BitwiseCopyable {
  /// Outputs.
  static var width: Int { get }
  /// Panels that lie apart, each `width / panelCount` outputs.
  static var panelCount: Int { get }
  static var zero: Self { get }
  func adding(_ other: Self) -> Self
  func multiplied(by other: Self) -> Self
  mutating func addProduct<Arithmetic: VectorArithmetic>(
    _ input: Float, _ weights: Self, _: Arithmetic.Type)
  /// Channel blocks of 8 that lie `stride` elements apart.
  init(blocks: UnsafePointer<Float>, stride: Int)
  func storeBlocks(at target: UnsafeMutablePointer<Float>, stride: Int)
  func clamped(to bounds: ActivationBounds) -> Self
  /// The vector at `address`, at any alignment, whose panels lie `panelStride` elements apart.
  static func load(_ address: UnsafePointer<Float>, panelStride: Int) -> Self
  /// The vector at `address`, at any alignment, dense.
  static func load(_ address: UnsafePointer<Float>) -> Self
  func store(to address: UnsafeMutablePointer<Float>)
}

extension PanelVector {
  @inlinable @inline(__always)
  package static func load(_ address: UnsafePointer<Float>) -> Self {
    load(address, panelStride: width / panelCount)
  }
}

extension SIMD8: PanelVector where Scalar == Float {
  @inlinable package static var width: Int { 8 }
  @inlinable package static var panelCount: Int { 1 }

  @inlinable @inline(__always)
  package func adding(_ other: Self) -> Self { tessera_sum_8(self, other) }

  @inlinable @inline(__always)
  package func multiplied(by other: Self) -> Self { tessera_product_8(self, other) }

  @inlinable @inline(__always)
  package mutating func addProduct<Arithmetic: VectorArithmetic>(
    _ input: Float, _ weights: Self, _: Arithmetic.Type
  ) {
    self = Arithmetic.multiplyAdd(Self(repeating: input), weights, self)
  }

  @inlinable @inline(__always)
  package init(blocks: UnsafePointer<Float>, stride: Int) { self = blocks.vector(at: 0) }

  @inlinable @inline(__always)
  package func storeBlocks(at target: UnsafeMutablePointer<Float>, stride: Int) {
    target.store(self, at: 0)
  }

  @inlinable @inline(__always)
  package func clamped(to bounds: ActivationBounds) -> Self { bounds.apply(self) }

  @inlinable @inline(__always)
  package static func load(_ address: UnsafePointer<Float>, panelStride: Int) -> Self {
    address.vector(at: 0)
  }

  @inlinable @inline(__always)
  package func store(to address: UnsafeMutablePointer<Float>) { address.store(self, at: 0) }
}

extension SIMD16: PanelVector where Scalar == Float {
  @inlinable package static var width: Int { 16 }
  @inlinable package static var panelCount: Int { 1 }

  @inlinable @inline(__always)
  package func adding(_ other: Self) -> Self { tessera_sum_16(self, other) }

  @inlinable @inline(__always)
  package func multiplied(by other: Self) -> Self { tessera_product_16(self, other) }

  @inlinable @inline(__always)
  package mutating func addProduct<Arithmetic: VectorArithmetic>(
    _ input: Float, _ weights: Self, _: Arithmetic.Type
  ) {
    self = Arithmetic.multiplyAdd(Self(repeating: input), weights, self)
  }

  @inlinable @inline(__always)
  package init(blocks: UnsafePointer<Float>, stride: Int) {
    self = unsafeBitCast((blocks.vector(at: 0), blocks.vector(at: stride)), to: Self.self)
  }

  @inlinable @inline(__always)
  package func storeBlocks(at target: UnsafeMutablePointer<Float>, stride: Int) {
    let (low, high) = unsafeBitCast(self, to: (SIMD8<Float>, SIMD8<Float>).self)
    target.store(low, at: 0)
    target.store(high, at: stride)
  }

  @inlinable @inline(__always)
  package func clamped(to bounds: ActivationBounds) -> Self { bounds.apply(self) }

  @inlinable @inline(__always)
  package static func load(_ address: UnsafePointer<Float>, panelStride: Int) -> Self {
    UnsafeRawPointer(address).loadUnaligned(as: SIMD16<Float>.self)
  }

  @inlinable @inline(__always)
  package func store(to address: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(address).storeBytes(of: self, as: SIMD16<Float>.self)
  }
}
