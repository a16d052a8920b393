import CPUKernels
import KernelInterface

/// What the compiler may choose from.
package struct LoweringOptions: Sendable {
  /// The kernels that the plan will run on.
  package var kernels: KernelTable
  package var convAlgorithm: ConvAlgorithm
  /// How the weights of fully connected layers are stored.
  package var weightType = WeightType.float32

  package init(kernels: KernelTable, convAlgorithm: ConvAlgorithm = .automatic) {
    self.kernels = kernels
    self.convAlgorithm = convAlgorithm
  }
}

/// How convolutions are computed.
package enum ConvAlgorithm: String, CaseIterable, Sendable {
  /// The cheapest of direct and Winograd by `ConvCost`; im2col where groups split channel blocks.
  case automatic = "auto"
  /// Blocked direct convolution; groups that split channel blocks are an error.
  case direct
  /// Gather into columns, then a GEMM.
  case im2col
  /// F(2×2, 3×3) for 3×3 convolutions of stride 1, dilation 1 and one group on whole channel blocks;
  /// direct for others, im2col where groups split channel blocks.
  case winograd2
  /// The same with F(4×4, 3×3).
  case winograd4
  /// The same with F(6×6, 3×3).
  case winograd6
}
