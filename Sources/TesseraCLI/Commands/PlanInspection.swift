import ExecutionPlan
import KernelInterface
import Tessera

/// What `inspect` tells about a plan.
struct PlanInspection {
  private let plan: Plan
  private let isVerified: Bool
  private let steps: [[StepInspection]]

  init(_ plan: Plan, isVerified: Bool) throws(TesseraError) {
    self.plan = plan
    self.isVerified = isVerified
    var steps: [[StepInspection]] = []
    for variant in plan.image.contents.variants {
      steps.append(
        try variant.steps.map { (step) throws(TesseraError) in
          try StepInspection(step, kernels: plan.kernels)
        })
    }
    self.steps = steps
  }

  private var contents: PlanContents { plan.image.contents }
  private var weightByteCount: Int { contents.weights.reduce(0) { $0 + $1.byteCount } }

  var text: String {
    var text = """
      plan \(contents.name)
      file: \(plan.image.fileByteCount.grouped) bytes
      instruction set: \(contents.instructionSet), vectors of \(contents.laneCount) floats
      packed weights: \(contents.weights.count), \(weightByteCount.grouped) bytes\
      \(isVerified ? ", checksums match" : "")

      """
    for entry in contents.metadata { text += "\(entry.key): \(entry.value)\n" }
    for (index, variant) in contents.variants.enumerated() {
      text += """

        variant \(index)
          inputs: \(description(of: variant.inputs))
          outputs: \(description(of: variant.outputs))
          arena: \(variant.arenaByteCount.grouped) bytes, lower bound \
        \(variant.arenaLowerBoundByteCount.grouped), sum of buffers \
        \(variant.bufferByteCountSum.grouped)


        """
      text += table(of: steps[index]).text
    }
    return text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { String($0).withoutControlCharacters }.joined(separator: "\n")
  }

  var json: JSONValue {
    .object([
      "kind": "plan",
      "name": .string(contents.name),
      "bytes": .integer(plan.image.fileByteCount),
      "instruction_set": .string(contents.instructionSet),
      "lanes": .integer(contents.laneCount),
      "weights": .integer(contents.weights.count),
      "weight_bytes": .integer(weightByteCount),
      "weights_verified": .bool(isVerified),
      "metadata": .members(contents.metadata.map { ($0.key, .string($0.value)) }),
      "variants": .array(
        zip(contents.variants, zip(plan.variants, steps)).map { variant, other in
          .members(
            other.0.json + [
              ("arena_bytes", .integer(variant.arenaByteCount)),
              ("arena_lower_bound_bytes", .integer(variant.arenaLowerBoundByteCount)),
              ("buffer_bytes_sum", .integer(variant.bufferByteCountSum)),
              ("steps", .array(other.1.map(\.json))),
            ])
        }),
    ])
  }

  private func description(of tensors: [PlanTensor]) -> String {
    tensors.map { "\($0.name): \($0.elementType.onnxName) \($0.shape)" }.joined(separator: ", ")
  }

  private func table(of steps: [StepInspection]) -> TextTable {
    var table = TextTable([
      .number(""), .text("step"), .text("kernel"), .text("shapes"), .number("MFLOP"),
      .number("weight bytes"),
    ])
    for (index, step) in steps.enumerated() {
      table.append([
        "\(index)", step.name, step.kernel, step.shapes,
        Figures.fixed(Double(step.floatOperationCount) / 1e6, digits: 3),
        step.weightByteCount.grouped,
      ])
    }
    let operations = steps.reduce(0.0) { $0 + Double($1.floatOperationCount) }
    table.append(["", "sum", "", "", Figures.fixed(operations / 1e6, digits: 3)])
    return table
  }
}
