import ExecutionPlan
import KernelInterface
import Tensors

extension PlanContents {
  /// Checks every step against its kernel: the kernel exists, its descriptor is valid, and each
  /// operand holds at least the bytes that the kernel touches. No step writes weights, and a run takes no
  /// more than `maximumOperationCount` operations.
  ///
  /// With `PlanImage`'s own checks this makes sure that running the plan touches no byte outside its
  /// arena, its workspace and, for reading, its weights.
  func verifyKernels(_ kernels: KernelTable) throws(TesseraError) {
    guard laneCount == kernels.laneCount else {
      throw TesseraError(
        .invalidInput,
        "the plan was compiled for \(instructionSet), vectors of \(laneCount) floats; this machine runs \(kernels.instructionSet), vectors of \(kernels.laneCount); compile the model again here"
      )
    }
    for variant in variants {
      var operationCount = 0
      for (index, step) in variant.steps.enumerated() {
        do {
          operationCount += try step.verify(kernels).floatOperationCount
          try require(
            operationCount <= maximumOperationCount,
            "with it, a run takes \(operationCount) operations, expected at most \(maximumOperationCount)"
          )
        } catch {
          throw TesseraError(error.kind, "step \(index) '\(step.name)': \(error)")
        }
      }
    }
  }
}

extension Step {
  fileprivate func verify(_ kernels: KernelTable) throws(TesseraError) -> KernelRequirements {
    guard let entry = kernels.kernels[kernel] else {
      throw TesseraError(.invalidInput, "there is no kernel '\(kernel)'")
    }
    let requirements = try entry.requirements(descriptor)
    let required = requirements.operands
    guard required.count == operands.count else {
      throw TesseraError(
        .invalidInput,
        "kernel '\(kernel)' takes \(required.count) operands, found \(operands.count)")
    }
    for (operand, requirement) in zip(operands, required) {
      guard requirement.access == .read || operand.region == .arena else {
        throw TesseraError(
          .invalidInput, "operand '\(requirement.name)' is written but lies in the weights")
      }
      guard operand.byteCount >= requirement.byteCount else {
        throw TesseraError(
          .invalidInput,
          "operand '\(requirement.name)' has \(operand.byteCount) bytes, the kernel needs \(requirement.byteCount)"
        )
      }
    }
    return requirements
  }
}
