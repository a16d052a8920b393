import Tensors

/// Batched matrix product of operands that are both known only at run time:
/// `output[b] = alpha · op(left[b]) · op(right[b])`, where `op` transposes on request.
///
/// Operands: left `[batch][m][k]` (`[k][m]` if transposed), right `[batch][k][n]` (`[n][k]`),
/// output `[batch][m][n]`; a batch stride of 0 elements shares one matrix among the whole batch.
package struct MatMulDescriptor: KernelDescriptor {
  package static let kernelName = "matmul"

  package var batch = 1
  package var m = 1
  package var n = 1
  package var k = 1
  package var transposesLeft = false
  package var transposesRight = false
  package var sharesLeft = false
  package var sharesRight = false
  package var alpha: Float = 1

  package init() {}

  package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    try visitor.visit("batch", &batch, in: 0...maximumExtent)
    try visitor.visit("m", &m, in: 0...maximumExtent)
    try visitor.visit("n", &n, in: 0...maximumExtent)
    try visitor.visit("k", &k, in: 0...maximumExtent)
    try visitor.visit("transposes-left", &transposesLeft)
    try visitor.visit("transposes-right", &transposesRight)
    try visitor.visit("shares-left", &sharesLeft)
    try visitor.visit("shares-right", &sharesRight)
    try visitor.visit("alpha", &alpha)
  }

  package func requirements() throws(TesseraError) -> KernelRequirements {
    let size = MemoryLayout<Float>.size
    let left = try checkedProduct(sharesLeft ? min(1, batch) : batch, m, k, size)
    let right = try checkedProduct(sharesRight ? min(1, batch) : batch, k, n, size)
    return KernelRequirements(
      operands: [
        OperandRequirement("left", .read, byteCount: left),
        OperandRequirement("right", .read, byteCount: right),
        OperandRequirement("output", .write, byteCount: try checkedProduct(batch, m, n, size)),
      ],
      workspaceByteCount: MatMulTiling(self).workspaceByteCount,
      floatOperationCount: try checkedProduct(2, batch, m, n, k))
  }
}
