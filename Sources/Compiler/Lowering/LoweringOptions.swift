import CPUKernels
import KernelInterface

/// What the compiler may choose from, and by what it chooses.
package struct LoweringOptions: Sendable {
  /// The kernels that the plan will run on.
  package var kernels: KernelTable
  package var convAlgorithm: ConvAlgorithm
  /// The largest error that convolutions are allowed, as `ConvError` states it; nil for the default,
  /// which convolutions that only im2col can compute need not keep.
  package var maxError: Double?
  /// True if every output of a convolution must depend on its own window alone: no Winograd.
  package var isLocal = false
  /// Threads whose workspaces count as memory of the plan.
  package var threadCount = 1
  package var stepTimes = StepTimes()
  /// How the weights of fully connected layers and the transformed weights of Winograd convolutions are
  /// stored.
  package var weightType = WeightType.float32
  var bytePrice = BytePrice()

  package init(kernels: KernelTable, convAlgorithm: ConvAlgorithm = .automatic) {
    self.kernels = kernels
    self.convAlgorithm = convAlgorithm
  }
}
