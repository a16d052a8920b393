import Evaluation
import Synchronization
import Tessera

extension Command {
  static let evaluate = Command(
    name: "evaluate", summary: "Measure top-1 and top-5 errors on labelled images",
    operands: [
      Positional(
        name: "PLAN|MODEL", help: "Plans or models; the posteriors of several are averaged",
        isRepeated: true, completion: .modelOrPlan)
    ],
    options: [
      Labels.option.declaration
    ] + DataArguments.declarations + EvaluationArguments.declarations
      + ImageArguments.pixelDeclarations + [
        Evaluate.output.declaration, Evaluate.posteriors.declaration, Evaluate.resume.declaration,
        Evaluate.weights.declaration, WeightArguments.map.declaration,
        Common.shapes.declaration,
      ] + ModelArguments.declarations + [
        Common.threads.declaration, Common.trust.declaration, Common.json.declaration,
      ],
    notes: """
      This is the test protocol of Simonyan and Zisserman (2014). The data is a folder with one folder
      of images for each class, a text file with lines PATH LABEL, or an .npz with images and labels.
      An image that cannot be read is reported and left out. When SIGINT or SIGTERM ends the evaluation,
      what is known is printed, the exit code is 130, and --resume goes on.
      """
  ) { arguments, output throws(TesseraError) in
    try Evaluate(arguments).run(output)
  }
}

/// `tessera evaluate`.
private struct Evaluate: Sendable {
  static let output = Option(
    "output", short: "o", "FILE.csv", completion: .files("csv"),
    help: "Write the first five classes of each image")
  static let posteriors = Option(
    "posteriors", "FILE.npz", completion: .files("npz"),
    help: "Write the posteriors of all classes of each image")
  static let resume = Flag(
    "resume", help: "Go on with an interrupted evaluation, if there is one; needs --output")
  static let weights = Option<WeightSource>(
    "weights", "W", isRepeatable: true, completion: .weights,
    help: "Bind weights as compile does: one source for all models, or one for each"
  ) { (text) throws(TesseraError) in try WeightSource(argument: text) }

  private let arguments: ParsedArguments
  private let settings: EvaluationArguments
  private let images: ImageArguments
  private let paths: ResultFiles.Paths

  init(_ arguments: ParsedArguments) throws(TesseraError) {
    self.arguments = arguments
    settings = EvaluationArguments(arguments)
    images = try ImageArguments(arguments)
    paths = ResultFiles.Paths(
      predictions: arguments[Self.output], posteriors: arguments[Self.posteriors])
    guard paths.predictions != nil || !arguments[Self.resume] else {
      throw TesseraError(.invalidUsage, "option '--resume' needs '--output'")
    }
    let weightCount = arguments.all(Self.weights).count
    guard [0, 1, arguments.operands.count].contains(weightCount) else {
      throw TesseraError(
        .invalidUsage,
        "expected --weights once, or \(arguments.operands.count) times, once for each model, found "
          + "it \(weightCount) times")
    }
    _ = try ModelArguments.options(arguments)
  }

  func run(_ output: StandardOutput) throws(TesseraError) -> ExitStatus {
    try CommandOutputs.enter(paths.all, updated: paths.all.map(ResultFiles.partialPath))
    try paths.requireFiles()
    let evaluation = try prepared()
    let settings = try runSettings(evaluation)
    let results = SharedResults(
      try ResultFiles(paths, settings, for: evaluation, resumes: arguments[Self.resume]))
    let clock = ContinuousClock()
    let start = clock.now
    let restored = results.files.withLock { $0.records }
    @Sendable func report(_ files: ResultFiles, isComplete: Bool) -> EvaluationReport {
      EvaluationReport(
        evaluation, records: files.records, isComplete: isComplete,
        newCount: files.records.count - restored.count, seconds: (clock.now - start).seconds)
    }
    do throws(TesseraError) {
      try Interruption.during { () throws(TesseraError) in
        try evaluate(evaluation, after: restored, into: results)
      } orElse: {
        // The image at hand is not entered any more: the lock is kept.
        results.files.withLock { files in
          if let note = (try? suspend(files)) ?? nil { StandardError.note([note]) }
          let output = StandardOutput()
          try? write(report(files, isComplete: false), output)
          try? output.flush()
          Interruption.end()
        }
      }
    } catch {
      var error = error
      let note = results.files.withLock { (try? suspend($0)) ?? nil }
      if let note { error.diagnostics.append(Diagnostic("note: " + note)) }
      throw error
    }
    return try results.files.withLock { (files) throws(TesseraError) in
      try files.finish(evaluation.data)
      let report = report(files, isComplete: true)
      try write(report, output)
      return report.tally.imageCount > 0 ? .done : .failed
    }
  }

  private func write(
    _ report: EvaluationReport, _ output: StandardOutput
  ) throws(TesseraError) {
    if arguments[Common.json] {
      try output.write(report.json)
    } else {
      try output.write(report.text)
    }
  }

  /// - Returns: where the partial result is; nil if there is none.
  private func suspend(_ files: ResultFiles) throws(TesseraError) -> String? {
    try files.suspend()
    guard let path = paths.predictions, !files.records.isEmpty else { return nil }
    return "the partial result is in \(ResultFiles.partialPath(path)); --resume goes on"
  }

  private func prepared() throws(TesseraError) -> Evaluation {
    let names = try arguments[Labels.option].map { (path) throws(TesseraError) in
      try Labels.read(path: path)
    }
    let data = try DataArguments.read(arguments) { (path, root) throws(TesseraError) in
      try LabelledImages.read(path: path, imagesRoot: root, classNames: names)
    }
    let weights = try WeightArguments.sources(arguments)
    var networks: [EvaluatedNetwork] = []
    var plans: [Bool] = []
    for path in arguments.operands { plans.append(try Program.isPlan(path: path)) }
    for (index, path) in arguments.operands.enumerated() {
      // Options of models are for those among several operands that are models.
      let program =
        plans[index] && plans.contains(false)
        ? Program.plan(try Plan(path: path))
        : try Program(
          path: path, weights: weights.count > 1 ? weights[index] : weights.first,
          arguments: arguments)
      if !arguments[Common.trust] { try program.verifyWeights(path: path) }
      networks.append(try program.evaluatedNetwork(path: path, arguments, settings, images))
    }
    _ = try Evaluation.classCount(of: networks)
    let evaluation = try Evaluation(
      data: data, networks: networks,
      settings: try settings.testProtocol(inputSides: networks.map(\.scorer.longerSide)))
    if let names, names.count != evaluation.classCount {
      throw TesseraError(
        .invalidInput,
        "expected \(evaluation.classCount) labels, one a class, found \(names.count)"
      ).inFile(arguments[Labels.option] ?? "")
    }
    if names == nil, let count = data.folderCount, count != evaluation.classCount {
      StandardError.note([
        "\(data.path): the \(count) folders are taken as the first \(count) of "
          + "\(evaluation.classCount) classes; --labels finds their classes by name"
      ])
    }
    return evaluation
  }

  /// Evaluates the images that come after those of `restored`.
  private func evaluate(
    _ evaluation: Evaluation, after restored: [ImageRecord], into results: SharedResults
  ) throws(TesseraError) {
    for record in restored {
      if case .skipped(let reason) = record.outcome, arguments[DataArguments.strict] {
        throw TesseraError(.invalidInput, reason)
      }
    }
    try ProgressBar.during { (bar) throws(TesseraError) in
      let imageCount = evaluation.data.items.count
      var progress = EvaluationProgress(imageCount: imageCount, doneCount: restored.count)
      bar.update(progress.text, progress.fraction)
      try evaluation.run(over: restored.count..<imageCount) {
        (record, posterior) throws(TesseraError) in
        if case .skipped(let reason) = record.outcome {
          let error = TesseraError(.invalidInput, reason)
          if arguments[DataArguments.strict] { throw error }
          bar.interrupted(by: { StandardError.report(error) })
        }
        try results.files.withLock { (files) throws(TesseraError) in
          try files.append(record, posterior: posterior)
        }
        progress.advance()
        bar.update(progress.text, progress.fraction)
      }
    }
  }

  /// Everything that a result depends on but the threads, which change no bit.
  private func runSettings(_ evaluation: Evaluation) throws(TesseraError) -> RunSettings {
    var entries = evaluation.runSettings
    for (index, network) in evaluation.networks.enumerated() {
      let byteCount = try MappedFile(path: network.name).bytes.count
      entries.append("model-\(index + 1)", "\(network.name), \(byteCount) bytes")
      entries.append(
        "input-\(index + 1)", "\(network.scorer.inputWidth)x\(network.scorer.inputHeight)")
      let pixels = network.preprocessing
      entries.append(
        "pixels-\(index + 1)",
        "\(pixels.color) mean \(pixels.mean) scale \(pixels.scale) \(pixels.interpolation) "
          + "orient \(pixels.orientation.rawValue)")
    }
    let options = try ModelArguments.options(arguments)
    for (index, weights) in try WeightArguments.sources(arguments).enumerated() {
      entries.append("weights-\(index + 1)", try weights.identity())
    }
    entries.append("images-root", arguments[DataArguments.imagesRoot] ?? "")
    entries.append(
      "compiler",
      "\(options.convAlgorithm) \(options.weightPrecision) "
        + "\(options.maxError.map { "\($0)" } ?? "default") "
        + "\(options.poolRounding.map { "\($0)" } ?? "default")"
        + (options.isLocal ? " local" : ""))
    entries.append("batch", "\(settings.preferredBatch)")
    return entries
  }
}

/// The results of an evaluation, which an interruption reports while the next image is evaluated.
private final class SharedResults: Sendable {
  let files: Mutex<ResultFiles>

  init(_ files: sending ResultFiles) {
    self.files = Mutex(files)
  }
}

extension Duration {
  fileprivate var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
