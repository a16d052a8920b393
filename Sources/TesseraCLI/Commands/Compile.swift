import Tessera

extension Command {
  static let compile = Command(
    name: "compile", summary: "Compile a model into a plan file",
    operands: [Common.model],
    options: [
      Compile.output.declaration, Common.weights.declaration, Compile.shapes.declaration,
      Common.threads.declaration, Common.algorithm.declaration, Common.weightsPrecision.declaration,
    ] + ImageArguments.declarations + [
      Labels.option.declaration, Common.json.declaration,
    ],
    notes: """
      Every --shapes makes one variant of the plan; all variants share the packed weights. Inputs
      that are left out keep the model's shape, and an open batch becomes 1. Preprocessing and
      labels are stored in the plan as defaults for 'classify' and 'run'. If --weights-precision
      rounds weights, the largest error of each output over its largest value is measured on a seeded
      input and printed; where an output is a soft-max, that of what goes into it.
      """
  ) { arguments, output throws(TesseraError) in
    try Compile.run(arguments, output)
    return .done
  }
}

/// `tessera compile`.
private enum Compile {
  static let output = Option(
    "output", short: "o", "PLAN", isRequired: true, help: "Write the plan to this file")
  static let shapes = Option<[String: [Int]]>(
    "shapes", "NAME:1x3x224x224[,…]", isRepeatable: true,
    help: "The shapes of the inputs in one variant of the plan", parse: ArgumentValue.shapes)

  static func run(_ arguments: ParsedArguments, _ output: StandardOutput) throws(TesseraError) {
    let modelPath = arguments.operands[0]
    let planPath = arguments[Compile.output] ?? ""
    try requireOtherFile(planPath, than: modelPath)
    let base = try compileOptions(arguments)
    let (network, report) = try ProgressBar.during { (bar) throws(TesseraError) in
      bar.update("reading the model", 0)
      let network = try Network(path: modelPath, weights: arguments[Common.weights])
      var options = base
      options.onProgress = { bar.update($0.stage, $0.fraction) }
      do throws(TesseraError) {
        return (network, try network.compile(options, to: planPath))
      } catch {
        throw error.inFile(modelPath)
      }
    }
    StandardError.warn(network.warnings)
    StandardError.note(report.notes)
    if arguments[Common.json] {
      try output.write(json(network, report, path: planPath))
    } else {
      try output.write(text(network, report, path: planPath))
    }
  }

  private static func compileOptions(
    _ arguments: ParsedArguments
  ) throws(TesseraError) -> CompileOptions {
    var options = CompileOptions()
    options.shapes = arguments.all(shapes)
    options.threads = arguments[Common.threads]
    options.convAlgorithm = arguments[Common.algorithm] ?? .automatic
    options.weightPrecision = arguments[Common.weightsPrecision] ?? .float32
    options.images = ImageArguments(arguments).merged(with: nil)
    if let path = arguments[Labels.option] { options.labels = try Labels.read(path: path) }
    return options
  }

  private static func text(_ network: Network, _ report: CompileReport, path: String) -> String {
    var table = TextTable([
      .text("variant"), .number("steps"), .number("arena"), .number("lower bound"),
      .number("sum of buffers"),
    ])
    for variant in report.variants {
      table.append([
        variant.signature.shapesText, "\(variant.stepCount)",
        variant.arenaByteCount.grouped, variant.arenaLowerBoundByteCount.grouped,
        variant.bufferByteCountSum.grouped,
      ])
    }
    let errors = report.weightErrors.map { error in
      let value = error.value.withoutControlCharacters
      let figure = Figures.scientific(error.relativeError)
      return "\nlargest error of \(value) by rounded weights, over its largest value: \(figure)"
    }
    return """
      \(path.withoutControlCharacters): \(report.fileByteCount.grouped) bytes
      parameters: \(network.parameterCount.grouped)
      packed weights: \(report.weightByteCount.grouped) bytes\(errors.joined())

      \(table.text)
      """
  }

  private static func json(
    _ network: Network, _ report: CompileReport, path: String
  ) -> JSONValue {
    .object([
      "plan": .string(path),
      "bytes": .integer(report.fileByteCount),
      "parameters": .integer(network.parameterCount),
      "weight_bytes": .integer(report.weightByteCount),
      "weight_errors": .array(
        report.weightErrors.map { error in
          .object([
            "output": .string(error.output), "value": .string(error.value),
            "error": .double(error.relativeError),
          ])
        }),
      "variants": .array(
        report.variants.map { variant in
          .members(
            variant.signature.json + [
              ("steps", .integer(variant.stepCount)),
              ("arena_bytes", .integer(variant.arenaByteCount)),
              ("arena_lower_bound_bytes", .integer(variant.arenaLowerBoundByteCount)),
              ("buffer_bytes_sum", .integer(variant.bufferByteCountSum)),
            ])
        }),
      "warnings": .strings(network.warnings.map(\.description)),
      "notes": .strings(report.notes),
    ])
  }
}
