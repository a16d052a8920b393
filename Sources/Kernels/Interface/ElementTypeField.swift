import Tensors

extension ElementType {
  /// Visits the type as a field of a descriptor.
  mutating func visitField<Visitor: FieldVisitor>(
    _ name: String, _ visitor: inout Visitor
  ) throws(TesseraError) {
    var code = Int(rawValue)
    try visitor.visit(name, &code, in: 0...ElementType.allCases.count - 1)
    guard let type = ElementType(rawValue: UInt8(truncatingIfNeeded: code)) else {
      throw TesseraError(.invalidInput, "field '\(name)' has no element type \(code)")
    }
    self = type
  }
}
