extension UnsafePointer<Float> {
  /// The vector of the floats from `offset` on, at any alignment.
  @inline(__always)
  func vector(at offset: Int) -> Vector {
    UnsafeRawPointer(self + offset).loadUnaligned(as: Vector.self)
  }
}

extension UnsafeMutablePointer<Float> {
  @inline(__always)
  func vector(at offset: Int) -> Vector { UnsafePointer(self).vector(at: offset) }

  @inline(__always)
  func store(_ vector: Vector, at offset: Int) {
    UnsafeMutableRawPointer(self + offset).storeBytes(of: vector, as: Vector.self)
  }

  func fillZero(count: Int) { update(repeating: 0, count: count) }
}
