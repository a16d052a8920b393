import Tensors

/// A direct convolution of whole channel blocks and the fused Winograd one that alone reads its results, computed by
/// bands of rows of tiles.
///
/// Operands: input, packed weights and bias of the producer, packed weights, bias, output and scratch (empty) of
/// the consumer, operands of its epilogue.
package struct WinogradBandsDescriptor: BandsDescriptor {
  package static let kernelName = "winograd-bands"

  package var producer = ConvDirectDescriptor()
  package var consumer = ConvWinogradDescriptor()

  package init() {}

  /// Blocks of tiles become whole parts of a row of tiles or of several rows.
  package init?(_ producer: ConvDirectDescriptor, _ consumer: ConvWinogradDescriptor) {
    guard producer.output == consumer.input else { return nil }
    self.producer = producer
    self.consumer = consumer
    self.consumer.tilesPerBlock = WinogradBandsTiling.tilesPerBlock(consumer)
  }

  package func requirements() throws(TesseraError) -> KernelRequirements {
    var requirements = try joinedRequirements()
    try require(
      producer.output.channels % kernelLaneCount == 0,
      """
      winograd-bands has \(producer.output.channels) channels between its convolutions, no multiple of \
      \(kernelLaneCount)
      """)
    try require(
      consumer.schedule == .fused, "winograd-bands has a consumer that works in phases")
    let tiling = WinogradBandsTiling(self)
    try require(
      tiling.fitsStore,
      """
      winograd-bands stores \(tiling.storedRowCount) rows of \(consumer.input.width) columns, more than \
      \(WinogradBandsTiling.maximumStoreByteCount) bytes
      """)
    requirements.workspaceByteCount += tiling.storeByteCount
    return requirements
  }
}
