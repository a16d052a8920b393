import CPUKernels
import ExecutionPlan
import KernelInterface
import Tensors

/// What `tessera --version` says.
struct Version {
  let instructionSet = try? KernelTable.forThisMachine().instructionSet

  var text: String {
    let sets = KernelTable.builtInstructionSets.joined(separator: ", ")
    return """
      \(Tool.name) \(tesseraVersion)
      instruction sets: \(sets); used here: \(instructionSet ?? "none")
      kernels: version \(kernelVersion)
      plans: format version \(PlanHeader.formatVersion)

      """
  }

  var json: JSONValue {
    .object([
      "version": .string(tesseraVersion),
      "built_instruction_sets": .strings(KernelTable.builtInstructionSets),
      "instruction_set": .optional(instructionSet), "kernel_version": .integer(kernelVersion),
      "plan_format_version": .integer(PlanHeader.formatVersion),
    ])
  }
}
