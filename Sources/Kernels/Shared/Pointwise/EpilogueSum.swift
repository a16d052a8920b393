import KernelInterface
import KernelVectors

/// An epilogue `min(max(x + y, low), high)` of the results x and one operand y whose rows lie as theirs do:
/// a residual sum. Kernels apply it before they store, with the bits that `EpilogueCall` gives.
struct EpilogueSum {
  let bounds: ActivationBounds
  let rowStride: Int
  let blockStride: Int
  private let operand: ImageOperand

  /// Nil if the epilogue is another.
  ///
  /// - Parameter operands: all operands of the step, of which the epilogue's are the last.
  init?(_ epilogue: Epilogue, operands: [UnsafeMutableRawPointer]) {
    guard epilogue.inputs.count == 1, let last = operands.indices.last else { return nil }
    let input = epilogue.inputs[0]
    guard let sum = JoinedProgram(epilogue.program).boundedSum,
      Array(input.strides.suffix(2)) == [kernelLaneCount, 1]
    else { return nil }
    bounds = ActivationBounds(low: sum.low, high: sum.high)
    blockStride = input.strides[1]
    rowStride = input.strides[2]
    operand = ImageOperand(input, at: operands.constantFloats(last))
  }

  /// Nil also if the operand's rows and channel blocks do not lie as those of `layout`.
  init?(_ epilogue: Epilogue, operands: [UnsafeMutableRawPointer], layout: ImageLayout) {
    self.init(epilogue, operands: operands)
    guard rowStride == layout.rowStride, blockStride == layout.channelBlockStride else {
      return nil
    }
  }

  /// Where the operand's elements lie that are added to those of a row of results.
  func address(image: Int, block: Int, row: Int) -> UnsafePointer<Float> {
    operand.address(image: image, block: block, row: row)
  }
}
