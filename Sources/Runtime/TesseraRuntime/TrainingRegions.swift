import ExecutionPlan

/// Where a variant of training finds its parameters and leaves their gradients.
package struct TrainingRegions {
  private let parameters: UnsafeMutableRawBufferPointer
  private let gradients: UnsafeMutableRawBufferPointer

  package init(
    parameters: UnsafeMutableRawBufferPointer, gradients: UnsafeMutableRawBufferPointer
  ) {
    self.parameters = parameters
    self.gradients = gradients
  }

  /// Nil if the operand lies in neither.
  func address(of operand: Operand) -> UnsafeMutableRawPointer? {
    let region = operand.region == .parameters ? parameters : gradients
    guard [.parameters, .gradients].contains(operand.region), let base = region.baseAddress,
      operand.byteOffset >= 0, operand.byteCount <= region.count - operand.byteOffset
    else { return nil }
    return base + operand.byteOffset
  }
}
