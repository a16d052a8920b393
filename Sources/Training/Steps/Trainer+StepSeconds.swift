import ExecutionPlan
import TesseraRuntime

extension Trainer {
  /// The seconds of one step of a shard's forward and backward pass.
  package struct StepSeconds {
    /// The step's name in the plan.
    package let name: String
    package let kernel: String
    package let seconds: Double
  }

  /// Times the steps of a shard on the inputs that the last shard left in the arena; what it gives is lost.
  package func stepSeconds() throws(TesseraError) -> [StepSeconds] {
    let bound = try bindFirstSlot()
    return zip(shard.program.variant.steps, executor.stepSeconds(of: bound)).map {
      StepSeconds(name: $0.name, kernel: $0.kernel, seconds: $1)
    }
  }
}
