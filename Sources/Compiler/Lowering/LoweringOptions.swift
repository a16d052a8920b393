import CPUKernels
import KernelInterface

/// What the compiler may choose from, and by what it chooses.
package struct LoweringOptions: Sendable {
  /// The kernels that the plan will run on.
  package var kernels: KernelTable
  package var convAlgorithm: ConvAlgorithm
  /// Holds `automatic` to an error; other algorithms name their tile.
  package var tileLimits = TileLimits()
  /// True if every output of a convolution must depend on its own window alone: no Winograd.
  package var isLocal = false
  /// Threads whose workspaces count as memory of the plan.
  package var threadCount = 1
  package var stepTimes: StepTimes
  /// How the weights of fully connected layers and the transformed weights of Winograd convolutions are
  /// stored.
  package var weightType = WeightType.float32
  /// Of fully connected layers where `weightType` is float32; nil leaves them so.
  package var narrowing: WeightNarrowing?
  var bytePrice = BytePrice()

  package init(kernels: KernelTable, convAlgorithm: ConvAlgorithm = .automatic) {
    self.kernels = kernels
    self.convAlgorithm = convAlgorithm
    stepTimes = StepTimes(model: CostModel(for: kernels))
  }
}
