import KernelInterface
import Tensors

/// One way to compute one convolution, with what it costs.
struct ConvCandidate {
  let method: ConvMethod
  /// See `ConvProblem.call`.
  let call: KernelCall
  /// Of one call, measured or estimated, and of packing weights of the run.
  let seconds: Double
  /// Bytes of packed weights, of scratch memory and of the workspaces of all threads.
  let byteCount: Double
}

extension LoweringOptions {
  /// All ways to compute a convolution that the options allow, with tiles up to `largestTile`.
  ///
  /// - Throws: `unsupported` if there is none.
  func candidates(
    for conv: ConvProblem, largestTile: WinogradTile = .six
  ) throws(TesseraError) -> [ConvCandidate] {
    let methods = convAlgorithm.methods(
      for: conv, largestTile: largestTile, isLocal: isLocal)
    var candidates: [ConvCandidate] = []
    var problem: TesseraError?
    for method in methods {
      do throws(TesseraError) {
        candidates.append(try candidate(method, for: conv))
      } catch {
        problem = problem ?? error
      }
    }
    if let problem, candidates.isEmpty {
      throw TesseraError(.unsupported, "this is beyond the convolution kernels: \(problem)")
    }
    return candidates
  }

  /// The candidate of the least time and, at their price, bytes; of equal ones the first.
  ///
  /// - Parameter settled: the algorithms that the weights are packed for already. The first of them that
  ///   is among the candidates' is taken, whatever others would cost.
  func choice(
    for conv: ConvProblem, weights: String, settled: [ConvAlgorithm]
  ) throws(TesseraError) -> ConvCandidate {
    var candidates = try candidates(
      for: conv, largestTile: tileLimits.largestTile(forWeights: weights))
    if let shared = settled.first(where: { $0.isTaken(by: candidates) }) {
      candidates.removeAll { $0.method.algorithm != shared }
    }
    let price = bytePrice.secondsPerByte(ofWeights: weights)
    var best = candidates[0]
    for candidate in candidates.dropFirst()
    where candidate.cost(atSecondsPerByte: price) < best.cost(atSecondsPerByte: price) {
      best = candidate
    }
    return best
  }

  private func candidate(
    _ method: ConvMethod, for conv: ConvProblem
  ) throws(TesseraError) -> ConvCandidate {
    let call = try conv.call(method, weightType)
    let requirements = try kernels.requirements(of: call)
    let stored = requirements.operands.filter { ["weights", "scratch"].contains($0.name) }
    var seconds = try stepTimes.seconds(call, kernels: kernels)
    if let packing = try conv.packingCall(method) {
      seconds += try stepTimes.seconds(packing, kernels: kernels)
    }
    return ConvCandidate(
      method: method, call: call, seconds: seconds,
      byteCount: stored.reduce(Double(threadCount) * Double(requirements.workspaceByteCount)) {
        $0 + Double($1.byteCount)
      })
  }
}

extension ConvCandidate {
  fileprivate func cost(atSecondsPerByte price: Double) -> Double {
    seconds + price * byteCount
  }
}

extension ConvAlgorithm {
  fileprivate func isTaken(by candidates: [ConvCandidate]) -> Bool {
    candidates.contains { $0.method.algorithm == self }
  }
}
