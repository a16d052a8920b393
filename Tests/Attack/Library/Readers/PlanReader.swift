import ExecutionPlan
import Tensors
import Tessera
import TesseraRuntime

extension AttackedReader {
  /// Plans; what is verified is run.
  static func plan() throws -> AttackedReader {
    var reader = AttackedReader("plan", samples: try PlanSamples.files()) {
      let plan = try Plan(image: PlanImage(try storage($0)))
      try runIfSmall(plan)
    }
    reader.repair = repairingPlanChecksums
    reader.mutators += [PlanLies.applied, PlanLies.applied]
    return reader
  }
}

/// Runs every variant of a plan on numbers of all kinds, unless it is made to take long.
func runIfSmall(_ plan: Plan) throws {
  let variants = plan.image.contents.variants
  guard variants.allSatisfy({ $0.arenaByteCount <= 1 << 26 }) else { return }
  for step in variants.flatMap(\.steps) {
    guard let kernel = plan.kernels.kernels[step.kernel] else {
      throw AttackFault("a verified plan without its kernel '\(step.kernel)'")
    }
    let requirements = try kernel.requirements(step.descriptor)
    guard requirements.isSmall else { return }
  }
  let session = try Session(plan: plan, threads: 1)
  for (index, variant) in variants.enumerated() {
    let inputs = variant.inputs.map { GuardedMemory(byteCount: $0.byteCount) }
    let outputs = variant.outputs.map { GuardedMemory(byteCount: $0.byteCount) }
    inputs.forEach { $0.fill(seed: 1) }
    try session.run(
      variant: index, inputs: inputs.map { UnsafeRawBufferPointer($0.bytes) },
      into: outputs.map(\.bytes))
    for memory in inputs + outputs { try memory.requireIntact("the run") }
  }
}
