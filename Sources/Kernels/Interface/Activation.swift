import Tensors

/// A function that an epilogue applies to each result: `min(max(x, low), high)` for `clamp`. NaN
/// passes through all of them.
package struct Activation: Sendable, Hashable {
  package enum Kind: Int, CaseIterable, Sendable { case identity, relu, clamp }
  package var kind = Kind.identity
  /// Bounds of `clamp`; unused otherwise.
  package var low: Float = 0
  package var high: Float = 0

  package init() {}

  package init(_ kind: Kind, low: Float = 0, high: Float = 0) {
    self.kind = kind
    self.low = low
    self.high = high
  }

  package static let identity = Activation(.identity)
  package static let relu = Activation(.relu)

  package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    try visitor.visit("activation", &kind)
    try visitor.visit("activation-low", &low)
    try visitor.visit("activation-high", &high)
  }
}
