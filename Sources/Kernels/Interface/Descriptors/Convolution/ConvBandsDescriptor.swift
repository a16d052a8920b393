import Tensors

/// A direct convolution and the depthwise one that alone reads its results, computed by bands of rows: the
/// images between are never stored as a whole.
///
/// Operands: input, packed weights and bias of the producer, packed weights, bias and output of the consumer,
/// operands of its epilogue. The producer pools nothing; its epilogue is a function of each result
/// (`JoinedProgram.isResultFunction`).
package struct ConvBandsDescriptor: BandsDescriptor {
  package static let kernelName = "conv-bands"

  package var producer = ConvDirectDescriptor()
  /// Its input is the producer's output.
  package private(set) var consumer = ConvDepthwiseDescriptor()

  package init() {}

  /// Nil unless the consumer reads all that the producer stores.
  package init?(_ producer: ConvDirectDescriptor, _ consumer: ConvDepthwiseDescriptor) {
    guard producer.output == consumer.input else { return nil }
    self.producer = producer
    self.consumer = consumer
  }

  package var output: ImageLayout { consumer.output }

  package mutating func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor)
    throws(TesseraError)
  {
    var prefixed = PrefixedVisitor(visitor, prefix: "producer.")
    try producer.visitFields(&prefixed)
    consumer.input = producer.output
    prefixed.prefix = "consumer."
    try consumer.visitFieldsButInput(&prefixed)
    visitor = prefixed.base
  }

  package func requirements() throws(TesseraError) -> KernelRequirements {
    let first = try producer.requirements()
    let second = try consumer.requirements()
    try require(
      producer.output.hasPixels || !output.hasPixels,
      "conv-bands has no results between its convolutions")
    try require(
      producer.computesEachResultAlone,
      "conv-bands has a producer that pools or whose epilogue is no function of each result")
    let tiling = ConvBandsTiling(self)
    try require(
      tiling.fitsStore,
      """
      conv-bands stores \(tiling.storedRowCount) rows of \(consumer.input.width) columns, more than \
      \(ConvBandsTiling.maximumStoreByteCount) bytes
      """)
    return KernelRequirements(
      operands: Array(first.operands.dropLast() + second.operands.dropFirst()),
      workspaceByteCount: storeByteOffset + tiling.storedRowCount * tiling.storedBlockCount
        * consumer.input.rowStride * MemoryLayout<Float>.size,
      floatOperationCount: first.floatOperationCount + second.floatOperationCount)
  }

  /// Where the rows between lie in the workspace, after that of the consumer's epilogue.
  package var storeByteOffset: Int {
    roundUp(consumer.epilogue.workspaceByteCount, toMultipleOf: 64)
  }
}
