import Tessera

extension Command {
  static let compile = Command(
    name: "compile", summary: "Compile a model into a plan file",
    operands: [Common.model],
    options: [
      Compile.output.declaration, OutputArguments.outputs.declaration,
      WeightArguments.weights.declaration,
      WeightArguments.map.declaration, Compile.shapes.declaration,
      Common.threads.declaration,
      ModelArguments.dense.declaration,
    ] + ModelArguments.declarations + [
      Compile.memoryLimit.declaration, Compile.tune.declaration, Compile.timingCache.declaration,
    ] + ImageArguments.declarations + [
      Labels.option.declaration, Common.json.declaration,
    ],
    notes: """
      Every --shapes makes one variant of the plan; all variants share the packed weights. Inputs
      that are left out keep the model's shape, and an open batch becomes 1. Preprocessing and
      labels are stored in the plan as defaults for 'classify' and 'run'. BYTES may end in K, M or G
      (powers of 1000) or KiB, MiB or GiB (of 1024); weights, arena and the workspaces of all threads
      count, and slower convolutions are chosen until they fit. --tune times every way to compute each
      convolution, with --threads, and keeps the times: a second compilation finds them.
      """
  ) { arguments, output throws(TesseraError) in
    try Compile.run(arguments, output)
    return .done
  }
}

/// `tessera compile`.
private enum Compile {
  static let output = Option(
    "output", short: "o", "PLAN", isRequired: true, completion: .files("plan"),
    help: "Write the plan to this file")
  static let shapes = Option<[String: [Int]]>(
    "shapes", "NAME:1x3x224x224[,…]", isRepeatable: true,
    help: "The shapes of the inputs in one variant of the plan", parse: ArgumentValue.shapes)
  static let memoryLimit = Option<Int>(
    "memory-limit", "BYTES", help: "Trade speed for a plan that runs in this much memory",
    parse: ArgumentValue.byteCount)
  static let tune = Flag("tune", help: "Choose how to compute convolutions by timing them here")
  static let timingCache = Option(
    "timing-cache", "FILE", completion: .files("json"),
    help: "Keep the times in this file (default: ~/.cache/tessera/timings.json)")

  static func run(_ arguments: ParsedArguments, _ output: StandardOutput) throws(TesseraError) {
    let modelPath = arguments.operands[0]
    let planPath = arguments[Compile.output] ?? ""
    try CommandOutputs.enter([planPath], updated: [arguments[timingCache]].compactMap { $0 })
    let base = try compileOptions(arguments)
    let images = try ImageArguments(arguments)
    let (network, report) = try ProgressBar.during { (bar) throws(TesseraError) in
      bar.update("reading the model", 0)
      let network = try Network(path: modelPath, weights: try WeightArguments.source(arguments))
        .selecting(OutputArguments.names(arguments))
      var options = base
      options.images = try images.merged(with: network.imageOptions)
      options.onProgress = { bar.update($0.stage, $0.fraction) }
      do throws(TesseraError) {
        if images.firstGiven != nil, let images = options.images {
          try check(images, for: network, path: modelPath, options)
        }
        return (network, try network.compile(options, to: planPath))
      } catch {
        throw error.inFile(modelPath)
      }
    }
    network.noteStoredImages(path: modelPath, try images.merged(with: network.imageOptions))
    let warnings = network.warnings + report.warnings.map { $0.inFile(modelPath) }
    StandardError.warn(warnings)
    StandardError.note(report.notes)
    let summary = CompileSummary(
      report, planPath: planPath, parameterCount: network.parameterCount,
      memoryLimit: arguments[memoryLimit])
    if arguments[Common.json] {
      try output.write(summary.json(warnings: warnings))
    } else {
      try output.write(summary.text)
    }
  }

  /// - Throws: `TesseraError` if no input can take images as `images` makes them. Inputs whose size is open
  ///   are let pass.
  private static func check(
    _ images: ImageOptions, for network: Network, path: String, _ options: CompileOptions
  ) throws(TesseraError) {
    let types = try network.inputTypes(isDense: options.isDense)
    var problems: [TesseraError] = []
    for input in Program.model(network, path: path, inputTypes: types).inputs {
      let shape = options.shapes.first?[input.name]
      guard let specification = try? input.specification(shape: shape) else { return }
      do throws(TesseraError) {
        _ = try images.preprocessing(for: specification)
        return
      } catch {
        problems.append(error)
      }
    }
    if let problem = problems.first { throw problem }
  }

  private static func compileOptions(
    _ arguments: ParsedArguments
  ) throws(TesseraError) -> CompileOptions {
    var options = try ModelArguments.options(arguments)
    options.shapes = arguments.all(shapes)
    options.memoryLimitByteCount = arguments[memoryLimit]
    if arguments[tune] {
      options.tuning = TuningOptions()
      options.tuning?.cachePath = arguments[timingCache]
    } else if arguments[timingCache] != nil {
      throw TesseraError(.invalidUsage, "option '--timing-cache' needs '--tune'")
    }
    if let path = arguments[Labels.option] { options.labels = try Labels.read(path: path) }
    return options
  }
}
