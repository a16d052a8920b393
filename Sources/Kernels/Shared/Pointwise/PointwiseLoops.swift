import KernelInterface
import PointwisePrograms

/// What all runs of a pointwise step have in common. A run goes over the innermost of the step's loops.
/// Whoever makes it frees its memory.
struct PointwiseLoops {
  let program: PreparedProgram
  let inputs: UncountedArray<PointwiseRunInput>
  /// Loops that a run goes over.
  let depth: Int
  let hasStridedInputs: Bool

  func deallocate() {
    program.deallocate()
    inputs.deallocate()
  }

  /// - Parameters:
  ///   - inputs: the strides of each, one for each extent.
  ///   - targetStrides: those of the results.
  ///   - depths: the number of loops of a run: the most that let all inputs be read where they lie.
  init(
    _ program: PointwiseProgram, inputs: [[Int]], extents: [Int], targetStrides: [Int],
    depths: ClosedRange<Int>
  ) {
    func forms(_ depth: Int) -> [PointwiseRunInput] {
      inputs.map {
        PointwiseRunInput(
          strides: $0.suffix(depth), extents: extents.suffix(depth),
          targetStrides: targetStrides.suffix(depth))
      }
    }
    func hasStrided(_ inputs: [PointwiseRunInput]) -> Bool {
      inputs.contains { $0.form == .strided }
    }
    let depth =
      depths.reversed().first { !hasStrided(forms($0)) } ?? min(2, depths.upperBound)
    let runInputs = forms(depth)
    self.program = .allocate(program)
    self.inputs = .allocate(copying: runInputs)
    self.depth = depth
    hasStridedInputs = hasStrided(runInputs)
  }
}
