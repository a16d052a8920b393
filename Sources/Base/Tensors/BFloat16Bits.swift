extension Float {
  /// The bits of the nearest bfloat16, ties to even: the upper half of a float. NaN stays NaN.
  @inlinable
  package var bfloat16Bits: UInt16 {
    if isNaN { return UInt16(truncatingIfNeeded: bitPattern >> 16) | 0x40 }
    let rounding = 0x7FFF + (bitPattern >> 16 & 1)
    return UInt16(truncatingIfNeeded: (bitPattern &+ rounding) >> 16)
  }

  @inlinable
  package init(bfloat16Bits bits: UInt16) { self.init(bitPattern: UInt32(bits) << 16) }
}

extension Double {
  /// The bits of the nearest bfloat16, ties to even, rounded once. NaN stays NaN.
  package var bfloat16Bits: UInt16 { Float(roundedToOdd: self).bfloat16Bits }
}

extension Float {
  /// Cuts off what a float does not hold and sets the last bit if that was not zero. Rounding the result
  /// to at most 22 bits gives what rounding `value` would (Boldo and Melquiond, "Emulation of a FMA and
  /// correctly rounded sums: proved algorithms using rounding to odd", 2008).
  fileprivate init(roundedToOdd value: Double) {
    let nearest = Float(value)
    guard value.isFinite, Double(nearest) != value else {
      self = nearest
      return
    }
    let isBeyond = Double(nearest).magnitude > value.magnitude
    self.init(bitPattern: (isBeyond ? nearest.bitPattern - 1 : nearest.bitPattern) | 1)
  }
}
