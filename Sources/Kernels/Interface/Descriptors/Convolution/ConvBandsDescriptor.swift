import Tensors

/// A direct convolution and the depthwise one that alone reads its results, computed by bands of rows.
///
/// Operands: input, packed weights and bias of the producer, packed weights, bias and output of the consumer,
/// operands of its epilogue.
package struct ConvBandsDescriptor: BandsDescriptor {
  package static let kernelName = "conv-bands"

  package var producer = ConvDirectDescriptor()
  package var consumer = ConvDepthwiseDescriptor()

  package init() {}

  package init?(_ producer: ConvDirectDescriptor, _ consumer: ConvDepthwiseDescriptor) {
    guard producer.output == consumer.input else { return nil }
    self.producer = producer
    self.consumer = consumer
  }

  package func requirements() throws(TesseraError) -> KernelRequirements {
    var requirements = try joinedRequirements()
    let tiling = ConvBandsTiling(self)
    try require(
      tiling.fitsStore,
      """
      conv-bands stores \(tiling.storedRowCount) rows of \(consumer.input.width) columns, more than \
      \(ConvBandsTiling.maximumStoreByteCount) bytes
      """)
    requirements.workspaceByteCount =
      storeByteOffset + tiling.storedRowCount * tiling.storedBlockCount * consumer.input.rowStride
      * MemoryLayout<Float>.size
    return requirements
  }

  /// Where the rows between lie in the workspace, after that of the consumer's epilogue.
  package var storeByteOffset: Int {
    roundUp(consumer.epilogue.workspaceByteCount, toMultipleOf: 64)
  }
}
