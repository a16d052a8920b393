import GraphIR
import Tensors

/// Lowers graphs to a plan that needs no more than `byteCount` bytes, weights, arena and workspaces
/// together, and takes as little time as the convolutions can then be made to.
///
/// Each convolution takes the method of least `seconds + price · bytes`, a Lagrangian relaxation of the
/// limit; the lowest price is sought at which the plan fits. What room is left goes to one convolution
/// after the other, each at a lower price, as long as the plan fits.
///
/// - Throws: `invalidInput` with the smallest size that is possible; else as `lower` without a limit.
package func lower(
  _ graphs: [Graph], opsetVersion: Int, options: LoweringOptions, memoryLimit byteCount: Int
) throws(TesseraError) -> LoweredNetwork {
  let limit = MemoryLimit(
    byteCount: byteCount, graphs: graphs, opsetVersion: opsetVersion, options: options)
  return try limit.lowered()
}

private struct MemoryLimit {
  /// Below this price, in seconds a byte, no convolution changes: a gigabyte for a nanosecond.
  private static let negligible = 1e-18
  /// Halvings of the interval of prices on a logarithmic scale, which leave a ratio of 1 + 10⁻⁷.
  private static let stepCount = 28
  /// How many nodes may be lowered, again and again, to spend what room is left.
  private static let trialNodeCount = 1 << 17

  let byteCount: Int
  let graphs: [Graph]
  let opsetVersion: Int
  let options: LoweringOptions

  func lowered() throws(TesseraError) -> LoweredNetwork {
    let free = try lowered(at: BytePrice())
    if fits(free) { return free }
    let smallest = try lowered(at: BytePrice(secondsPerByte: BytePrice.prohibitive))
    guard fits(smallest) else { throw tooSmall(smallest.memory) }
    let (fitting, price, lowerPrice) = try cheapestFit(smallest)
    return try spendingRest(fitting, at: price, lowerPrice: lowerPrice)
  }

  private func lowered(at price: BytePrice) throws(TesseraError) -> LoweredNetwork {
    var options = options
    options.bytePrice = price
    return try lower(graphs, opsetVersion: opsetVersion, options: options)
  }

  private func fits(_ network: LoweredNetwork) -> Bool {
    network.memory.totalByteCount <= byteCount
  }

  /// The plan at the lowest price at which it fits, and a price just below, at which it does not.
  private func cheapestFit(
    _ smallest: LoweredNetwork
  ) throws(TesseraError) -> (network: LoweredNetwork, price: Double, lowerPrice: Double) {
    var best = (network: smallest, price: BytePrice.prohibitive, lowerPrice: Self.negligible)
    for _ in 0..<Self.stepCount {
      let price = (best.price * best.lowerPrice).squareRoot()
      let network = try lowered(at: BytePrice(secondsPerByte: price))
      if fits(network) {
        (best.network, best.price) = (network, price)
      } else {
        best.lowerPrice = price
      }
    }
    return best
  }

  /// Gives single convolutions the method that they would have just below the price, then the one that
  /// they would have without a limit, wherever the plan still fits. In a large network, several at a time.
  private func spendingRest(
    _ network: LoweredNetwork, at price: Double, lowerPrice: Double
  ) throws(TesseraError) -> LoweredNetwork {
    var best = network
    var prices = BytePrice(secondsPerByte: price)
    var seen: Set<String> = []
    let names = network.variants.flatMap(\.convolutions).map(\.weights)
      .filter { seen.insert($0).inserted }
    let nodeCount = graphs.reduce(1) { $0 + $1.nodes.count }
    let groupSize = max(1, 2 * names.count * nodeCount / Self.trialNodeCount)
    for exception in [lowerPrice, 0] {
      for start in stride(from: 0, to: names.count, by: groupSize) {
        var trial = prices
        for name in names[start..<min(start + groupSize, names.count)] {
          trial.exceptions[name] = exception
        }
        let candidate = try lowered(at: trial)
        guard fits(candidate), candidate.convolutionSeconds < best.convolutionSeconds else {
          continue
        }
        (best, prices) = (candidate, trial)
      }
    }
    return best
  }

  private func tooSmall(_ memory: PlanMemory) -> TesseraError {
    let threads = options.threadCount == 1 ? "a thread" : "\(options.threadCount) threads"
    return TesseraError(
      .invalidInput,
      """
      the limit is \(byteCount) bytes of memory, expected at least \(memory.totalByteCount): weights of \
      \(memory.weightByteCount), an arena of \(memory.arenaByteCount), workspace of \
      \(memory.workspaceByteCount) for \(threads)
      """)
  }
}
