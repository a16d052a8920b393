import Tensors

/// A direct convolution and the one that alone reads its results, computed by bands of rows: the images between
/// are never stored as a whole.
///
/// Operands: those of the producer but its output, then those of the consumer but its input. The producer pools
/// nothing; its epilogue is a function of each result (`JoinedProgram.isResultFunction`). Its fields have the
/// prefix `producer.`, the consumer's, without its input, `consumer.`.
package protocol BandsDescriptor: ImageKernelDescriptor {
  associatedtype Consumer: BandsConsumer

  var producer: ConvDirectDescriptor { get set }
  /// Its input is the producer's output.
  var consumer: Consumer { get set }

  /// Nil unless the consumer reads all that the producer stores.
  init?(_ producer: ConvDirectDescriptor, _ consumer: Consumer)
}

extension BandsDescriptor {
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

  /// Those of both, with the workspace of the consumer, and what all kernels of the kind ask for.
  func joinedRequirements() throws(TesseraError) -> KernelRequirements {
    let first = try producer.requirements()
    let second = try consumer.requirements()
    try require(
      producer.output == consumer.input && (producer.output.hasPixels || !output.hasPixels),
      "\(Self.kernelName) has no results between its convolutions")
    try require(
      producer.computesEachResultAlone,
      "\(Self.kernelName) has a producer that pools or whose epilogue is no function of each result"
    )
    return KernelRequirements(
      operands: Array(first.operands.dropLast() + second.operands.dropFirst()),
      workspaceByteCount: second.workspaceByteCount,
      floatOperationCount: first.floatOperationCount + second.floatOperationCount)
  }
}
