import Tensors

/// A convolution that can read the rows that `conv-direct` makes, band by band.
package protocol BandsConsumer: ImageKernelDescriptor {
  var input: ImageLayout { get set }

  /// Visits all fields but the input's.
  mutating func visitFieldsButInput<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
}

extension BandsConsumer {
  package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    try input.visitFields("input", &visitor)
    try visitFieldsButInput(&visitor)
  }
}
