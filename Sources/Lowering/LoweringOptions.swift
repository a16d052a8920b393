import CPUKernels
import KernelInterface

/// What the compiler may choose from.
package struct LoweringOptions: Sendable {
  /// The kernels that the plan will run on.
  package var kernels: KernelTable
  package var convAlgorithm: ConvAlgorithm

  package init(kernels: KernelTable, convAlgorithm: ConvAlgorithm = .automatic) {
    self.kernels = kernels
    self.convAlgorithm = convAlgorithm
  }
}

/// How convolutions are computed.
package enum ConvAlgorithm: String, CaseIterable, Sendable {
  /// Direct where its layout allows it, else im2col.
  case automatic = "auto"
  /// Blocked direct convolution; groups that split channel blocks are an error.
  case direct
  /// Gather into columns, then a GEMM.
  case im2col
}
