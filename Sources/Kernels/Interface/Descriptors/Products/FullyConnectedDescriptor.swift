import Tensors

/// `output[m][n] = activation(Σ_k input[m][k] · weights[n][k] + bias[n])` with packed weights.
///
/// Operands: input `[rowCount][inputCount]`, packed weights of type `weightType`, bias (`outputCount`
/// rounded up to the lane count), output `[rowCount][outputCount]`, scratch (the rows in packed order;
/// empty for a single row), operands of the epilogue; all but the weights float32, all but the last dense.
package struct FullyConnectedDescriptor: KernelDescriptor {
  package static let kernelName = "fully-connected"

  package var rowCount = 1
  package var inputCount = 1
  package var outputCount = 1
  package var weightType = WeightType.float32
  package var activation = Activation()
  /// Of the activated results; strides of its operands are over rows and outputs.
  package var epilogue = Epilogue()

  package init() {}

  package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    try visitor.visit("row-count", &rowCount, in: 0...maximumExtent)
    try visitor.visit("input-count", &inputCount, in: 0...maximumExtent)
    try visitor.visit("output-count", &outputCount, in: 0...maximumExtent)
    try visitor.visit("weight-type", &weightType)
    try activation.visitFields(&visitor)
    try epilogue.visitFields(&visitor)
  }

  package func requirements() throws(TesseraError) -> KernelRequirements {
    let size = MemoryLayout<Float>.size
    let tiling = FullyConnectedTiling(self)
    let weightsByteCount = try packedWeightsByteCount()
    let inputByteCount = try checkedProduct(rowCount, inputCount, size)
    let outputByteCount = try checkedProduct(rowCount, outputCount, size)
    let scratchByteCount = try tiling.packedRowsByteCount()
    let operationCount = try checkedProduct(2, rowCount, inputCount, outputCount)
    return KernelRequirements(
      operands: try [
        OperandRequirement("input", .read, byteCount: inputByteCount),
        OperandRequirement("weights", .read, byteCount: weightsByteCount),
        OperandRequirement("bias", .read, byteCount: outputGroups.paddedOutputCount * size),
        OperandRequirement("output", .write, byteCount: outputByteCount),
        OperandRequirement("scratch", .write, byteCount: scratchByteCount),
      ] + epilogue.operands(extents: [rowCount, outputCount]),
      workspaceByteCount: tiling.workspaceByteCount + epilogue.workspaceByteCount,
      floatOperationCount: operationCount)
  }
}
