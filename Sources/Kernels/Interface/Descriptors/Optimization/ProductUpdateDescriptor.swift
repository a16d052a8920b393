import Tensors

/// A step of gradient descent as `MomentumUpdateDescriptor`'s of a matrix whose gradient is a product:
/// `g(r, c) = Σ_i left(i, r) · right(i, c)`, added in the order of `i`. The gradient is not stored.
///
/// Operands: output, the weights `w` `[rows][columns]`; velocity, `v`, as the weights; left `[count][rows]`; right
/// `[count][columns]`; settings, the four floats rate, momentum, decay and scale.
package struct ProductUpdateDescriptor: KernelDescriptor {
  package static let kernelName = "product-update"

  package var count = 1
  package var rows = 1
  package var columns = 1

  package init() {}

  package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    try visitor.visit("count", &count, in: 0...maximumExtent)
    try visitor.visit("rows", &rows, in: 0...maximumExtent)
    try visitor.visit("columns", &columns, in: 0...maximumExtent)
  }

  package func requirements() throws(TesseraError) -> KernelRequirements {
    let size = MemoryLayout<Float>.size
    let byteCount = try checkedProduct(rows, columns, size)
    return KernelRequirements(
      operands: [
        OperandRequirement("output", .write, byteCount: byteCount),
        OperandRequirement("velocity", .write, byteCount: byteCount),
        OperandRequirement("left", .read, byteCount: try checkedProduct(count, rows, size)),
        OperandRequirement("right", .read, byteCount: try checkedProduct(count, columns, size)),
        OperandRequirement("settings", .read, byteCount: 4 * size),
      ],
      floatOperationCount: try checkedProduct(2, count, rows, columns))
  }
}
