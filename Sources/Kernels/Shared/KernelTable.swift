import KernelInterface

/// All kernels of this instruction set. A kernel is a file and a line here.
package let kernelTable = KernelTable(
  instructionSet: instructionSetName, laneCount: Vector.scalarCount,
  kernels: [
    ConvDirect.kernel,
    ConvDepthwise.kernel,
    ConvBands.kernel,
    ConvWinograd.kernel,
    WinogradBands.kernel,
    ConvIm2col.kernel,
    PackWeights.kernel,
    ConvWeightGradient.kernel,
    WinogradWeightGradient.kernel,
    FullyConnected.kernel,
    MatMul.kernel,
    Pool.kernel,
    MaxPoolGradient.kernel,
    Reduce.kernel,
    ConvertLayout.kernel,
    LRN.kernel,
    ChannelNorm.kernel,
    Softmax.kernel,
    Binary.kernel,
    Pointwise.kernel,
    Copy.kernel,
    GatherChannels.kernel,
    Resample.kernel,
    Fill.kernel,
    Cast.kernel,
    MomentumUpdate.kernel,
    ProductUpdate.kernel,
  ])
