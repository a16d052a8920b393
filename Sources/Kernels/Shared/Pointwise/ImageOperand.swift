import KernelInterface

/// An operand of a pointwise program over images, and how the loops over batch, channel blocks, rows and
/// columns step through it.
struct ImageOperand {
  private let start: UnsafePointer<Float>
  private let imageStride: Int
  private let blockStride: Int
  private let rowStride: Int
  private let columnStride: Int

  init(_ input: PointwiseDescriptor.Input, at operand: UnsafePointer<Float>) {
    start = operand + input.offset
    imageStride = input.strides[0]
    blockStride = input.strides[1]
    rowStride = input.strides[2]
    columnStride = input.strides[3]
  }

  func address(image: Int, block: Int, row: Int, column: Int = 0) -> UnsafePointer<Float> {
    let plane: Int = image &* imageStride &+ block &* blockStride
    let position: Int = row &* rowStride &+ column &* columnStride
    return start + (plane &+ position)
  }
}
