import ExecutionPlan
import KernelInterface
import Tessera

/// What `inspect` tells about a plan.
struct PlanInspection {
  private let plan: Plan
  private let isVerified: Bool
  private let steps: [[StepInspection]]
  private let imageOptions: ImageOptions?
  private let measuredError: MeasuredError?
  private let narrowedWeights: NarrowedWeights?

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
    imageOptions = try plan.imageOptions()
    measuredError = try plan.measuredError()
    narrowedWeights = try plan.narrowedWeights()
  }

  private var contents: PlanContents { plan.image.contents }
  /// True if every output of every convolution depends on its own window alone.
  private var isLocal: Bool { steps.allSatisfy { $0.allSatisfy(\.isLocal) } }
  private var weightByteCount: Int { contents.weights.reduce(0) { $0 + $1.byteCount } }

  var text: String {
    var text = """
      plan \(contents.name)
      file: \(plan.image.fileByteCount.grouped) bytes
      instruction set: \(contents.instructionSet), vectors of \(contents.laneCount) floats
      packed weights: \(contents.weights.count), \(weightByteCount.grouped) bytes\
      \(isVerified ? ", checksums match" : "")
      local: \(isLocal ? "yes" : "no")

      """
    if let measuredError { text += measuredError.text + "\n" }
    if let narrowedWeights { text += narrowedWeights.text + "\n" }
    if let imageOptions {
      let fields = imageOptions.fields.map { "\($0.name) \($0.value.text)" }
      text += "images: \(fields.joined(separator: ", "))\n"
    }
    if !plan.labels.isEmpty {
      text += "labels: \(plan.labels.count), \(plan.labels.prefix(10).joined(separator: ", "))"
      text += plan.labels.count > 10 ? ", …\n" : "\n"
    }
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
      "local": .bool(isLocal),
      "error": measuredError?.json ?? .null,
      "narrowed_weights": narrowedWeights?.json ?? .null,
      "images": imageOptions.map { .members($0.fields) } ?? .null,
      "labels": .strings(plan.labels),
      "variants": .array(
        zip(contents.variants, zip(plan.variants, steps)).map { variant, other in
          .members(
            other.0.json + [
              ("arena_bytes", .integer(variant.arenaByteCount)),
              ("arena_lower_bound_bytes", .integer(variant.arenaLowerBoundByteCount)),
              ("buffer_bytes_sum", .integer(variant.bufferByteCountSum)),
              ("estimated_ms", .double(other.1.reduce(0) { $0 + $1.estimatedSeconds } * 1e3)),
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
      .number(""), .text("step"), .text("algorithm"), .text("shapes"), .number("GFLOP"),
      .number("weight bytes"), .number("workspace"), .number("estimated ms"),
    ])
    for (index, step) in steps.enumerated() {
      table.append([
        "\(index)", step.name, step.method, step.shapes,
        gigaflops(Double(step.floatOperationCount)), step.weightByteCount.grouped,
        step.workspaceByteCount.grouped, milliseconds(step.estimatedSeconds),
      ])
    }
    table.append([
      "", "sum", "", "", gigaflops(steps.reduce(0) { $0 + Double($1.floatOperationCount) }),
      steps.reduce(0) { $0 + $1.weightByteCount }.grouped, "",
      milliseconds(steps.reduce(0) { $0 + $1.estimatedSeconds }),
    ])
    return table
  }

  private func gigaflops(_ count: Double) -> String { Figures.fixed(count / 1e9, digits: 6) }

  private func milliseconds(_ seconds: Double) -> String {
    Figures.fixed(seconds * 1e3, digits: 3)
  }
}

extension ImageOptions {
  /// How images become inputs, each option under its name on the command line.
  fileprivate var fields: [(name: String, value: JSONValue)] {
    [
      ("color", .string("\(color)")), ("resize", .string("\(resizeMode)")),
      ("shortest-side", shortestSide.map(JSONValue.integer) ?? .null),
      ("interpolation", .string("\(interpolation)")),
      ("mean", .array((mean ?? [0]).map(JSONValue.float))),
      ("scale", .array((scale ?? [1]).map(JSONValue.float))),
      ("orient", .string(orientation.rawValue)),
    ]
  }
}
