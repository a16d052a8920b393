import Tensors

/// A direct convolution and the fused Winograd one that alone reads its results, computed by bands of rows of
/// tiles: the images between are never stored as a whole.
///
/// Operands: input, packed weights and bias of the producer, packed weights, bias, output and scratch (empty) of
/// the consumer, operands of its epilogue. The producer pools nothing and has whole channel blocks; its epilogue is
/// a function of each result (`JoinedProgram.isResultFunction`).
package struct WinogradBandsDescriptor: BandsDescriptor {
  package static let kernelName = "winograd-bands"

  package var producer = ConvDirectDescriptor()
  /// Its input is the producer's output.
  package private(set) var consumer = ConvWinogradDescriptor()

  package init() {}

  /// Nil unless the consumer reads all that the producer stores. Blocks of tiles become whole parts of a row of
  /// tiles or of several rows.
  package init?(_ producer: ConvDirectDescriptor, _ consumer: ConvWinogradDescriptor) {
    guard producer.output == consumer.input else { return nil }
    self.producer = producer
    self.consumer = consumer
    self.consumer.tilesPerBlock = WinogradBandsTiling.tilesPerBlock(consumer)
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
      "winograd-bands has no results between its convolutions")
    try require(
      producer.output.channels % kernelLaneCount == 0,
      """
      winograd-bands has \(producer.output.channels) channels between its convolutions, no multiple of \
      \(kernelLaneCount)
      """)
    try require(
      consumer.schedule == .fused, "winograd-bands has a consumer that works in phases")
    try require(
      producer.computesEachResultAlone,
      "winograd-bands has a producer that pools or whose epilogue is no function of each result")
    let tiling = WinogradBandsTiling(self)
    try require(
      tiling.fitsStore,
      """
      winograd-bands stores \(tiling.storedRowCount) rows of \(consumer.input.width) columns, more than \
      \(WinogradBandsTiling.maximumStoreByteCount) bytes
      """)
    return KernelRequirements(
      operands: Array(first.operands.dropLast() + second.operands.dropFirst()),
      workspaceByteCount: tiling.storeByteCount + second.workspaceByteCount,
      floatOperationCount: first.floatOperationCount + second.floatOperationCount)
  }
}
