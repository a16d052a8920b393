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
