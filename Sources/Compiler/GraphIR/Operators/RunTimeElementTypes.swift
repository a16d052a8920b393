/// The element types in which an operator is computed at run time.
package enum RunTimeElementTypes: String, Sendable, CaseIterable {
  /// Float32; nodes of other floating-point types are computed in it.
  case float32
  /// The floating-point types, each in its own arithmetic where only such operators, casts and movement
  /// connect the values.
  case floatingPoint = "floating-point"
  /// Elements are moved or converted, whatever they are.
  case any
}
