import ExecutionPlan
import KernelInterface
import Tensors

/// A variant of a plan whose steps know the addresses of their operands.
package struct BoundVariant {
  let variant: PlanVariant
  /// All phases of all steps, in order.
  let phases: [WorkPhase]
  /// Which of `phases` are those of each step.
  let phaseRanges: [Range<Int>]

  init(
    _ variant: PlanVariant, arena: Arena, weights: WeightRegions, training: TrainingRegions?,
    kernels: KernelTable
  ) throws(TesseraError) {
    self.variant = variant
    guard let arenaStart = arena.bytes.baseAddress else {
      throw TesseraError(.invalidInput, "the arena has no memory")
    }
    var phases: [WorkPhase] = []
    var phaseRanges: [Range<Int>] = []
    for step in variant.steps {
      guard let kernel = kernels.kernels[step.kernel] else {
        throw TesseraError(.invalidInput, "there is no kernel '\(step.kernel)'")
      }
      var operands: [UnsafeMutableRawPointer] = []
      for operand in step.operands {
        switch operand.region {
        case .arena: operands.append(arenaStart + operand.byteOffset)
        case .weights:
          operands.append(UnsafeMutableRawPointer(mutating: try weights.address(of: operand)))
        case .parameters, .gradients:
          guard let address = training?.address(of: operand) else {
            throw TesseraError(.invalidInput, "an operand lies outside the memory of training")
          }
          operands.append(address)
        }
      }
      let first = phases.count
      phases += try kernel.bind(step.descriptor, operands)
      phaseRanges.append(first..<phases.count)
    }
    self.phases = phases
    self.phaseRanges = phaseRanges
  }
}
