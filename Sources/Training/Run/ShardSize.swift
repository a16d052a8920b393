import Tensors

/// How many images of a batch are in memory at a time.
package enum ShardSize {
  /// What is taken without a limit of memory, or the largest divisor of the batch below it: enough images that
  /// packing the weights for them takes a small part of the time.
  private static let usual = 32

  /// The largest divisor of the batch, at most the usual one, with which a training stays within the limit.
  ///
  /// - Parameter isFrozen: says of a weight's name that it is not trained.
  /// - Throws: `TesseraError` if not even one image a shard does; or if the network cannot be trained.
  package static func largest(
    _ network: Network, batchSize: Int, limitByteCount: Int?, threads: Int?,
    isFrozen: (String) -> Bool
  ) throws(TesseraError) -> Int {
    let sizes = (1...usual).filter { batchSize % $0 == 0 }.reversed()
    guard let limitByteCount else { return sizes.first ?? 1 }
    var least = 0
    for size in sizes {
      let trainer = try Trainer(network, shardSize: size, threads: threads, isFrozen: isFrozen)
      least = trainer.memoryByteCount(shardCount: batchSize / size)
      if least <= limitByteCount { return size }
    }
    throw TesseraError(
      .invalidUsage,
      "training takes \(least) bytes with one image at a time, found a limit of \(limitByteCount)")
  }
}
