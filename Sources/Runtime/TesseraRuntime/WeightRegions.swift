import ExecutionPlan
import Tensors

/// The weights region of a variant: what variants share and, in the offsets after it, what is this
/// variant's alone.
package struct WeightRegions {
  let shared: UnsafeRawBufferPointer
  let own: UnsafeRawBufferPointer

  package init(
    shared: UnsafeRawBufferPointer,
    own: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
  ) {
    self.shared = shared
    self.own = own
  }

  /// Where an operand in the weights starts.
  ///
  /// - Throws: `TesseraError` if it does not lie in one of the two.
  func address(of operand: Operand) throws(TesseraError) -> UnsafeRawPointer {
    let isShared = operand.byteOffset + operand.byteCount <= shared.count
    let (region, start) = isShared ? (shared, 0) : (own, shared.count)
    guard let base = region.baseAddress, operand.byteOffset >= start,
      operand.byteOffset + operand.byteCount <= start + region.count
    else { throw TesseraError(.invalidInput, "an operand lies outside the weights") }
    return base + (operand.byteOffset - start)
  }
}
