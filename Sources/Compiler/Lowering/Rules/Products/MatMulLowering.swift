import GraphIR
import KernelInterface
import PointwisePrograms
import Tensors

extension LoweringRule {
  /// `MatMul` of two values that are both known only at run time, or of ranks that no
  /// `fully-connected` step serves → `matmul`.
  static let matMul = LoweringRule("MatMul") { node, builder throws(TesseraError) in
    try requireFloat32(node, builder)
    let left = try builder.shape(of: node.inputs[0])
    let right = try builder.shape(of: node.inputs[1])
    var descriptor = MatMulDescriptor()
    descriptor.m = left.rank > 1 ? left[left.rank - 2] : 1
    descriptor.k = left[left.rank - 1]
    descriptor.n = right.rank > 1 ? right[right.rank - 1] : 1
    let output = try builder.shape(of: node.outputs[0])
    let matrixRank = min(left.rank - 1, 1) + min(right.rank - 1, 1)
    let batch = Array(output.dimensions.dropLast(matrixRank))
    descriptor.batch = batch.reduce(1, *)
    descriptor.sharesLeft = left.dimensions.dropLast(2).reduce(1, *) == 1
    descriptor.sharesRight = right.dimensions.dropLast(2).reduce(1, *) == 1
    let operands = [
      try builder.matrices(node.inputs[0], of: left, for: batch, name: node.displayName),
      try builder.matrices(node.inputs[1], of: right, for: batch, name: node.displayName),
    ]
    try builder.append(
      descriptor, name: node.displayName,
      operands: operands + [try builder.defineDense(node.outputs[0])])
  }

  /// `Gemm` whose weights are not constant → `matmul`, then a `pointwise` addition of `beta · C`.
  static let gemm = LoweringRule("Gemm") { node, builder throws(TesseraError) in
    try requireFloat32(node, builder)
    let parameters = try GemmParameters(
      node, in: builder.graph, opsetVersion: builder.opsetVersion)
    let left = try builder.shape(of: node.inputs[0])
    let output = try builder.shape(of: node.outputs[0])
    var descriptor = MatMulDescriptor()
    descriptor.m = output[0]
    descriptor.n = output[1]
    descriptor.k = parameters.transA ? left[0] : left[1]
    descriptor.transposesLeft = parameters.transA
    descriptor.transposesRight = parameters.transB
    descriptor.alpha = parameters.alpha
    let operands = [try builder.dense(node.inputs[0]), try builder.dense(node.inputs[1])]
    guard node.inputs.count > 2, !node.inputs[2].isEmpty, parameters.beta != 0 else {
      try builder.append(
        descriptor, name: node.displayName,
        operands: operands + [try builder.defineDense(node.outputs[0])])
      return
    }
    let byteCount = output.elementCount * MemoryLayout<Float>.size
    let product = builder.newBuffer(byteCount: byteCount)
    try builder.append(descriptor, name: node.displayName, operands: operands + [product])

    let strides = [
      denseStrides(output.dimensions),
      broadcastStrides(of: try builder.shape(of: node.inputs[2]), to: output),
    ]
    var addition = PointwiseDescriptor()
    addition.program = PointwiseProgram(inputCount: 2)
    let beta = addition.program.append(constant: parameters.beta)
    _ = addition.program.append(.add, 0, addition.program.append(.multiply, 1, beta))
    addition.extents = output.dimensions
    addition.inputs = strides.map { .init(strides: $0) }
    try builder.append(
      addition, name: node.displayName,
      operands: [
        product, try builder.dense(node.inputs[2]), try builder.defineDense(node.outputs[0]),
      ])
  }
}

extension PlanBuilder {
  /// One matrix for the whole batch, or one for each of its indices: where an operand of `shape`
  /// repeats along some of the batch's dimensions only, a `copy` of it.
  fileprivate mutating func matrices(
    _ value: String, of shape: Shape, for batch: [Int], name: String
  ) throws(TesseraError) -> OperandDraft {
    let source = try dense(value)
    let count = shape.dimensions.dropLast(2).reduce(1, *)
    guard count != 1, count != batch.reduce(1, *) else { return source }
    guard let repeated = Shape(batch + shape.dimensions.suffix(2)) else {
      throw TesseraError(.unsupported, "its operand '\(value)' is too large for all of its batch")
    }
    var copy = try copyDescriptor(from: shape, to: repeated, of: value)
    copy.extents = repeated.dimensions
    copy.inputStrides = broadcastStrides(of: shape, to: repeated)
    copy.outputStrides = denseStrides(repeated.dimensions)
    let target = newBuffer(
      byteCount: try checkedProduct(repeated.elementCount, copy.elementByteCount))
    try append(copy, name: name, operands: [source, target])
    return target
  }
}
