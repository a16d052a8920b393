import KernelInterface

/// All kernels of this instruction set. A kernel is a file and a line here.
package let kernelTable = KernelTable(
  instructionSet: instructionSetName, laneCount: Vector.scalarCount,
  kernels: [
    ConvDirect.kernel
  ])
