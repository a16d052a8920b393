import KernelInterface

/// All kernels of this instruction set.
package let kernelTable = KernelTable(
  instructionSet: instructionSetName, laneCount: Vector.scalarCount,
  kernels: [])
