import ExecutionPlan
import KernelInterface
import Tensors

/// A variant of a plan whose steps know the addresses of their operands.
struct BoundVariant {
  let variant: PlanVariant
  /// All phases of all steps, in order.
  let phases: [WorkPhase]
  /// Which of `phases` are those of each step.
  let phaseRanges: [Range<Int>]

  init(
    _ variant: PlanVariant, arena: Arena, weights: UnsafeRawBufferPointer, kernels: KernelTable
  ) throws(TesseraError) {
    self.variant = variant
    var phases: [WorkPhase] = []
    var phaseRanges: [Range<Int>] = []
    for step in variant.steps {
      guard let kernel = kernels.kernels[step.kernel] else {
        throw TesseraError(.invalidInput, "there is no kernel '\(step.kernel)'")
      }
      var operands: [UnsafeMutableRawPointer] = []
      for operand in step.operands {
        let base =
          operand.region == .arena
          ? arena.bytes.baseAddress : UnsafeMutableRawPointer(mutating: weights.baseAddress)
        guard let base else { throw TesseraError(.invalidInput, "the plan has no weights") }
        operands.append(base + operand.byteOffset)
      }
      let first = phases.count
      phases += try kernel.bind(step.descriptor, operands)
      phaseRanges.append(first..<phases.count)
    }
    self.phases = phases
    self.phaseRanges = phaseRanges
  }
}
