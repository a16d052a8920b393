import ExecutionPlan
import GraphIR
import KernelInterface
import Tensors

/// All variants of a plan, lowered, and the weights that they share.
package struct LoweredNetwork {
  /// One for each graph, in order.
  package let variants: [LoweredVariant]
  package let weights: WeightPool
  package let memory: PlanMemory

  /// Seconds of all convolutions of all variants.
  package var convolutionSeconds: Double { variants.reduce(0) { $0 + $1.convolutionSeconds } }
}

/// The memory of a plan and of one session of it.
package struct PlanMemory: Sendable, Equatable {
  /// The region of packed weights.
  package let weightByteCount: Int
  /// The largest arena of a variant, scratch memory of steps included.
  package let arenaByteCount: Int
  /// The workspaces of all threads.
  package let workspaceByteCount: Int

  /// All of it; `Int.max` if that is less than all of it.
  package var totalByteCount: Int {
    [arenaByteCount, workspaceByteCount].reduce(weightByteCount) { sum, part in
      let (total, overflow) = sum.addingReportingOverflow(part)
      return overflow ? Int.max : total
    }
  }
}

/// Lowers graphs whose shapes are all fixed, each to a variant of one plan. Weights that occur in
/// several are computed by one algorithm, which the first decides where the others may take it.
///
/// - Throws: `TesseraError` with every node of a graph that cannot be lowered.
package func lower(
  _ graphs: [Graph], opsetVersion: Int, options: LoweringOptions
) throws(TesseraError) -> LoweredNetwork {
  let weights = WeightPool()
  var variants: [LoweredVariant] = []
  for graph in graphs {
    variants.append(
      try lower(graph, opsetVersion: opsetVersion, options: options, weights: weights))
  }
  let workspaceStride = try options.kernels.workspaceStrideByteCount(
    for: variants.lazy.flatMap(\.plan.steps).map(\.call))
  return LoweredNetwork(
    variants: variants, weights: weights,
    memory: PlanMemory(
      weightByteCount: weights.byteCount,
      arenaByteCount: variants.map(\.plan.arenaByteCount).max() ?? 0,
      workspaceByteCount: try checkedProduct(options.threadCount, workspaceStride)))
}
