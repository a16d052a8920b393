import Tensors

/// A value between two element types: wide enough for every element of its kind.
protocol WideElement: BitwiseCopyable {
  func stored<Element: StoredElement>(as type: Element.Type) -> Element
}

extension Double: WideElement {
  func stored<Element: StoredElement>(as type: Element.Type) -> Element { Element(rounding: self) }
}
extension Int64: WideElement {
  func stored<Element: StoredElement>(as type: Element.Type) -> Element { Element(clamping: self) }
}
extension UInt64: WideElement {
  func stored<Element: StoredElement>(as type: Element.Type) -> Element { Element(clamping: self) }
}

/// How one element type lies in memory, and its way to and from the wide types.
protocol StoredElement: BitwiseCopyable {
  associatedtype Wide: WideElement

  var wide: Wide { get }
  /// Integers: towards zero, saturating, 0 for NaN. Floats: to the nearest, ties to even.
  init(rounding value: Double)
  init(clamping value: Int64)
  init(clamping value: UInt64)
}

extension StoredElement where Self: FixedWidthInteger {
  init(rounding value: Double) {
    if value.isNaN {
      self = 0
    } else {
      let truncated = value.rounded(.towardZero)
      self = Self(exactly: truncated) ?? (truncated < 0 ? .min : .max)
    }
  }
}

extension StoredElement where Self: FixedWidthInteger & SignedInteger {
  var wide: Int64 { Int64(self) }
}
extension StoredElement where Self: FixedWidthInteger & UnsignedInteger {
  var wide: UInt64 { UInt64(self) }
}

extension Int8: StoredElement {}
extension Int16: StoredElement {}
extension Int32: StoredElement {}
extension Int64: StoredElement {}
extension UInt8: StoredElement {}
extension UInt16: StoredElement {}
extension UInt32: StoredElement {}
extension UInt64: StoredElement {}

extension StoredElement where Self: BinaryFloatingPoint {
  var wide: Double { Double(self) }
  init(rounding value: Double) { self.init(value) }
  init(clamping value: Int64) { self.init(value) }
  init(clamping value: UInt64) { self.init(value) }
}

extension Float16: StoredElement {}
extension Float: StoredElement {}
extension Double: StoredElement {}

/// The upper 16 bits of a `Float`.
struct BFloat16: StoredElement {
  var bits: UInt16

  var wide: Double { Double(Float(bfloat16Bits: bits)) }

  init(rounding value: Double) {
    let nearest = Float(value)
    guard !nearest.isNaN else {
      bits = 0x7FC0
      return
    }
    // Rounding to Float first must not decide a tie: where it was inexact, round towards zero and
    // set the last bit ("round to odd"), which the second rounding can tell from a tie.
    var pattern = nearest.bitPattern
    if nearest.isFinite, Double(nearest) != value {
      if Double(nearest).magnitude > value.magnitude { pattern -= 1 }
      pattern |= 1
    }
    bits = UInt16(truncatingIfNeeded: (pattern + 0x7FFF + (pattern >> 16 & 1)) >> 16)
  }

  init(clamping value: Int64) { self.init(rounding: Double(value)) }
  init(clamping value: UInt64) { self.init(rounding: Double(value)) }
}

/// One byte; 0 is false and all else is true.
struct Boolean: StoredElement {
  var byte: UInt8

  var wide: UInt64 { byte == 0 ? 0 : 1 }
  init(rounding value: Double) { byte = value == 0 ? 0 : 1 }
  init(clamping value: Int64) { byte = value == 0 ? 0 : 1 }
  init(clamping value: UInt64) { byte = value == 0 ? 0 : 1 }
}

extension ElementType {
  var storedType: any StoredElement.Type {
    switch self {
    case .float32: Float.self
    case .float64: Double.self
    case .float16: Float16.self
    case .bfloat16: BFloat16.self
    case .int8: Int8.self
    case .int16: Int16.self
    case .int32: Int32.self
    case .int64: Int64.self
    case .uint8: UInt8.self
    case .uint16: UInt16.self
    case .uint32: UInt32.self
    case .uint64: UInt64.self
    case .bool: Boolean.self
    }
  }
}
