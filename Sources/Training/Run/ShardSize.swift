import CPUKernels
import KernelInterface
import Tensors
import TesseraRuntime

/// How many images of a batch are in memory at a time, and what arena they have.
package struct ShardSize {
  /// What is taken without a limit of memory, or the largest divisor of the batch below it: enough images that
  /// packing the weights for them takes a small part of the time.
  private static let usual = 32

  /// Images of a shard.
  package let imageCount: Int
  /// Bytes of the arena above which values are computed twice; nil without a limit.
  package let arenaLimit: Int?

  /// The largest divisor of the batch, at most the usual one, with which a training stays within the limit without
  /// computing anything twice; or else the one that takes the least time an image, as estimated, with what it
  /// computes twice.
  ///
  /// - Parameters:
  ///   - fixed: the number of images, if it is given.
  ///   - isFrozen: says of a weight's name that it is not trained.
  /// - Throws: `TesseraError` if nothing fits; or if the network cannot be trained.
  package static func choose(
    _ network: Network, batchSize: Int, fixed: Int?, limitByteCount: Int?, threads: Int?,
    isFrozen: (String) -> Bool
  ) throws(TesseraError) -> ShardSize {
    let sizes = fixed.map { [$0] } ?? (1...usual).filter { batchSize % $0 == 0 }.reversed()
    guard let limitByteCount, batchSize % sizes[0] == 0 else {
      return ShardSize(imageCount: sizes[0], arenaLimit: nil)
    }
    let trained = try TrainedNetwork(network, isFrozen: isFrozen)
    let kernels = try KernelTable.forThisMachine()
    let threadCount = try Executor(kernels: kernels, threads: threads).threadCount
    var candidates: [Candidate] = []
    for size in sizes {
      let candidate = try Candidate(
        trained, size, shardCount: batchSize / size, limitByteCount, threadCount)
      if candidate.fits, candidate.secondsPerImage == nil { return candidate.size }
      candidates.append(candidate)
    }
    let fitting = candidates.filter(\.fits)
    if let best = fitting.min(by: { $0.secondsPerImage ?? 0 < $1.secondsPerImage ?? 0 }) {
      return best.size
    }
    let least = candidates.map(\.byteCount).min() ?? 0
    throw TesseraError(
      .invalidUsage,
      "training takes at least \(least) bytes of memory, found a limit of \(limitByteCount)")
  }

  private struct Candidate {
    let size: ShardSize
    /// With all that may be computed twice, if it does not fit otherwise.
    let byteCount: Int
    let fits: Bool
    /// Nil where nothing is computed twice.
    let secondsPerImage: Double?

    init(
      _ network: TrainedNetwork, _ imageCount: Int, shardCount: Int, _ limitByteCount: Int,
      _ threadCount: Int
    ) throws(TesseraError) {
      func shard(within limit: Int?) throws(TesseraError) -> ShardProgram.Training {
        try ShardProgram.training(
          network, imageCount: imageCount, threadCount: threadCount, arenaLimit: limit)
      }
      let free = try shard(within: nil)
      let kept = free.keptByteCount(
        shardCount: shardCount, slotCount: GradientSchedule(shardCount: shardCount).slotCount)
      let arenaLimit = max(0, limitByteCount - kept)
      let isFree = free.program.variant.arenaByteCount <= arenaLimit
      let program = isFree ? free.program : try shard(within: arenaLimit).program
      size = ShardSize(imageCount: imageCount, arenaLimit: arenaLimit)
      byteCount = kept + program.variant.arenaByteCount
      fits = byteCount <= limitByteCount
      secondsPerImage = program.recomputation.map {
        ($0.seconds + $0.secondsWithout) / Double(imageCount)
      }
    }
  }
}
