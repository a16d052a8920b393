import Tensors

/// Visits fields under names with a prefix, so that a descriptor may hold others.
struct PrefixedVisitor<Base: FieldVisitor>: FieldVisitor {
  private(set) var base: Base
  var prefix: String

  init(_ base: Base, prefix: String) {
    self.base = base
    self.prefix = prefix
  }

  mutating func visit(_ name: String, _ value: inout Int, in range: ClosedRange<Int>)
    throws(TesseraError)
  {
    try base.visit(prefix + name, &value, in: range)
  }

  mutating func visit(_ name: String, _ value: inout Float) throws(TesseraError) {
    try base.visit(prefix + name, &value)
  }

  mutating func visit<Case: RawRepresentable<Int> & CaseIterable>(
    _ name: String, _ value: inout Case
  ) throws(TesseraError) {
    try base.visit(prefix + name, &value)
  }
}
