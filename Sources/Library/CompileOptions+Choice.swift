import CPUKernels
import GraphIR
import KernelInterface
import Lowering
import Tensors
import Tuning

extension CompileOptions {
  /// By what the compiler chooses, from estimates.
  func loweringOptions(threadCount: Int) throws(TesseraError) -> LoweringOptions {
    var choice = LoweringOptions(
      kernels: try KernelTable.forThisMachine(), convAlgorithm: convAlgorithm.lowered)
    choice.isLocal = isLocal
    choice.weightType = weightPrecision.lowered
    if weightPrecision == .automatic {
      choice.narrowing = WeightNarrowing(networkError: maxError ?? ErrorChoice.defaultLimit)
    }
    choice.threadCount = threadCount
    return choice
  }
}

extension TuningOptions {
  /// Times all candidates for the convolutions of the graphs, and lets `choice` go by that.
  func measure(
    _ graphs: [Graph], opsetVersion: Int, _ choice: inout LoweringOptions,
    report: (String, Double) -> Void
  ) throws(TesseraError) -> CompileReport.Tuning {
    let path =
      if let cachePath { cachePath } else {
        try TimingCache.defaultPath(environment: environmentVariable)
      }
    let tuner = try Tuner(
      kernels: choice.kernels, threadCount: choice.threadCount, cachePath: path,
      createsFolder: cachePath == nil)
    let candidates = try choice.convCandidates(of: graphs, opsetVersion: opsetVersion)
    let times = try tuner.times(of: candidates) { report($0, 0.1 + 0.75 * $1) }
    choice.stepTimes.measuredSeconds = times.seconds
    return CompileReport.Tuning(
      cachePath: path, candidateCount: times.candidateCount, measuredCount: times.measuredCount)
  }
}
