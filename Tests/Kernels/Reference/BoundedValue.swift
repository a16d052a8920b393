/// A result in Float64 and how far a float32 computation of it may be off.
struct BoundedValue {
  var value: Double
  var bound: Double

  static let zero = BoundedValue(value: 0, bound: 0)
  /// Half the distance from 1 to the next float: the relative error of one rounding.
  static let unitRoundoff = 0x1p-24

  /// A sum of `termCount` products, formed in float32 in any order: each product and each partial sum
  /// is rounded at most once, so that no term gathers more than `termCount + 1` roundings.
  static func sum(_ value: Double, ofMagnitudes magnitude: Double, termCount: Int) -> BoundedValue {
    BoundedValue(value: value, bound: Double(termCount + 2) * unitRoundoff * magnitude)
  }

  func admits(_ result: Float) -> Bool {
    if value.isInfinite { return Double(result) == value }
    return abs(Double(result) - value) <= bound
  }

  /// A function that brings values no further apart keeps the bound.
  func mapped(_ function: (Double) -> Double) -> BoundedValue {
    BoundedValue(value: function(value), bound: bound)
  }
}
