import Evaluation
import Platform
import Tensors
import Tessera
import TesseraImages
import TesseraTraining

extension Command {
  static let train = training(name: "train", among: ProcessGroup())

  /// - Parameter name: empty for a program of its own.
  static func training(name: String, among group: ProcessGroup) -> Command {
    Command(
      name: name, summary: "Train a classifier on labelled images",
      operands: [Common.model],
      options: [
        Train.output.declaration, DataArguments.data.declaration,
        DataArguments.imagesRoot.declaration, Train.validation.declaration,
        WeightArguments.weights.declaration, WeightArguments.map.declaration,
      ] + TrainingArguments.declarations + ImageArguments.pixelDeclarations + [
        Train.log.declaration, Train.plot.declaration, Train.checkpointMinutes.declaration,
        Train.resume.declaration,
        Common.threads.declaration, Common.json.declaration,
      ],
      notes: (name.isEmpty ? "Started by mpirun, the ranks divide each batch. " : "") + """
        Gradient descent with momentum, after section 3.1 of Simonyan and Zisserman (2014). The data is what evaluate takes. The
        weights come from the model, or from --weights (random:SEED makes He-normal ones); OUT gets the trained ones: .safetensors
        with the names of the model, or .onnx with the whole model as it is at inference, without Dropout. The same command gives the same bytes for any number of threads, also when it was
        interrupted: OUT.checkpoint holds the training meanwhile, and --resume goes on from it. In a PATTERN, * stands for any characters.
        """
    ) { arguments, output throws(TesseraError) in
      try Train(arguments, group).run(output)
    }
  }
}

/// `tessera train`.
private struct Train {
  static let output = Option(
    "output", short: "o", "OUT", isRequired: true,
    completion: .files("safetensors", "onnx", "onnxtxt"),
    help: "Write the trained weights (.safetensors) or the model with them (.onnx, .onnxtxt)"
  ) { (text) throws(TesseraError) in
    guard [".safetensors", ".onnx", ".onnxtxt"].contains(where: text.hasSuffix) else {
      throw ArgumentValue.unexpected(
        text, "a file name that ends in .safetensors, .onnx or .onnxtxt")
    }
    return text
  }
  static let validation = Option(
    "validate", "DATA", completion: .anyFile, help: "Test on these images after each epoch")
  static let log = Option(
    "log", "FILE", completion: .anyFile, help: "Write a line of JSON for each epoch")
  static let checkpointMinutes = Option<Double>(
    "checkpoint-minutes", "N",
    help:
      "Keep a checkpoint as often, after a batch (default: 10; 0 keeps none but when interrupted)"
  ) { (text) throws(TesseraError) in
    guard let minutes = Double(text), (0...100_000).contains(minutes) else {
      throw ArgumentValue.unexpected(text, "a number from 0 to 100000")
    }
    return minutes
  }
  static let plot = Option(
    "plot", "FILE.svg", completion: .files("svg"),
    help: "Draw the errors and the loss, anew after each epoch")
  static let resume = Flag("resume", help: "Go on from OUT.checkpoint, if there is one")

  private let arguments: ParsedArguments
  private let target: String
  private let checkpointPath: String
  private let group: ProcessGroup

  init(_ arguments: ParsedArguments, _ group: ProcessGroup) {
    self.arguments = arguments
    self.group = group
    target = arguments[Self.output] ?? ""
    checkpointPath = Checkpoint.path(besides: target)
  }

  func run(_ output: StandardOutput) throws(TesseraError) -> ExitStatus {
    if group.isRoot {
      let records = [arguments[Self.log], arguments[Self.plot]].compactMap { $0 }
      try CommandOutputs.enter([target], updated: [checkpointPath] + records)
      for path in records { _ = try AtomicFile(path: path) }
    }
    let (training, images) = try prepared()
    if group.isRoot, arguments[Self.resume], fileExists(checkpointPath) {
      try training.resume(from: checkpointPath)
    }
    try training.join()
    guard group.isRoot else {
      try training.run { _ in }
      return .done
    }
    if !arguments[Common.json] {
      try output.write(Self.memory(of: training))
      try output.flush()
    }
    let checkpointPath = checkpointPath
    if group.size > 1 { Interruption.ignoreMore() }
    try Interruption.during { () throws(TesseraError) in
      try train(training, output)
    } orElse: {
      Interruption.waitLonger()
      do throws(TesseraError) {
        try training.writeCheckpoint(to: checkpointPath)
        StandardError.note([
          "the training so far is in \(checkpointPath); --resume goes on"
        ])
      } catch {
        StandardError.write("\(Tool.name): \(error)\n")
      }
      Interruption.end()
    }
    try write(training, images)
    unlink(checkpointPath)
    return .done
  }

  /// What a training takes, in a line, and what it computes twice, in another.
  private static func memory(of training: TrainingRun) -> String {
    let total =
      "\(training.memoryByteCount.grouped) bytes of memory for \(training.request.shardSize) images at a time\n"
    guard let recomputation = training.recomputation else { return total }
    let percent = (1000 * recomputation.extraWork).rounded() / 10
    return total
      + "recomputed: \(recomputation.stepNames.count) of \(recomputation.forwardStepCount) forward steps, \(percent) % more work\n"
  }

  private func train(
    _ training: TrainingRun, _ output: StandardOutput
  ) throws(TesseraError) {
    let clock = ContinuousClock()
    let interval = arguments[Self.checkpointMinutes] ?? 10
    var last = clock.now
    do throws(TesseraError) {
      try ProgressBar.during { (bar) throws(TesseraError) in
        var progress = TrainingProgress(training, bar)
        try training.run { (event) throws(TesseraError) in
          progress.show(event)
          if case .epoch(let record) = event {
            try writeRecords(training.history)
            var failure: TesseraError?
            bar.interrupted {
              do throws(TesseraError) {
                try output.write(
                  arguments[Common.json]
                    ? record.json.text + "\n"
                    : record.text(epochCount: training.request.epochCount))
                try output.flush()
              } catch {
                failure = error
              }
            }
            if let failure { throw failure }
          }
          if interval > 0, clock.now - last >= .seconds(60 * interval) {
            try training.writeCheckpoint(to: checkpointPath)
            last = clock.now
          }
        }
      }
    } catch {
      guard fileExists(checkpointPath) else { throw error }
      var error = error
      error.diagnostics.append(
        Diagnostic("note: the last checkpoint is in \(checkpointPath); --resume goes on from it"))
      throw error
    }
  }

  private func prepared() throws(TesseraError) -> (TrainingRun, ImageOptions) {
    let source = try WeightArguments.source(arguments)
    let network = try Network(
      path: arguments.operands[0], weights: source,
      filling: try TrainingArguments.fill(arguments))
    try TrainingArguments.requireTaken(arguments, network)
    StandardError.warn(network.warnings)
    let data = try DataArguments.read(arguments) { (path, root) throws(TesseraError) in
      try LabelledImages.read(path: path, imagesRoot: root)
    }
    let validation = try arguments[Self.validation].map { (path) throws(TesseraError) in
      let images = try LabelledImages.read(path: path)
      try FileLedger.current?.enterInputs(paths: images.imagePaths)
      return images
    }
    var request = try TrainingArguments.request(arguments)
    let shard = try TrainingArguments.shardSize(arguments, network, request)
    request.shardSize = shard.imageCount
    request.network = try ContentDigest.of(files: [arguments.operands[0]])
    request.weights = try source?.contentDigest() ?? ""
    request.data = try ContentDigest.of(data)
    request.validation = try validation.map { (images) throws(TesseraError) in
      try ContentDigest.of(images)
    }
    var known = network.imageOptions
    if request.subtractsMean { known?.mean = nil }
    let pixels = try ImageArguments(arguments).merged(with: known) ?? ImageOptions()
    try group.requireSame(
      network, path: arguments.operands[0], data, validation, pixels, request)
    return try ProgressBar.during { (bar) throws(TesseraError) in
      bar.update("compiling", 0)
      return try TrainingRun.make(
        network, data: data, validation: validation, images: pixels, request: request,
        threads: arguments[Common.threads], arenaLimit: shard.arenaLimit, group: group
      ) { bar.update("measuring colours", $0) }
    }
  }

  private func writeRecords(_ history: [EpochRecord]) throws(TesseraError) {
    if let path = arguments[Self.log] {
      let file = try AtomicFile(path: path)
      for record in history { try file.write(record.json.text + "\n") }
      try file.commit()
    }
    if let path = arguments[Self.plot] {
      let file = try AtomicFile(path: path)
      try file.write(TrainingCurves(history).svg)
      try file.commit()
    }
  }

  private func write(_ training: TrainingRun, _ images: ImageOptions) throws(TesseraError) {
    let network = try training.trainer.network
    if target.hasSuffix(".safetensors") {
      try network.writeWeights(to: target, images: images)
    } else {
      try network.writeModel(to: target, images: images)
    }
    if let mean = images.mean, training.request.subtractsMean {
      let numbers = mean.map { "\($0)" }.joined(separator: ",")
      StandardError.note([
        "\(target) holds the mean that was subtracted, which other commands take from there: --mean \(numbers)"
      ])
    }
  }

  private var ranksText: String { group.size > 1 ? " on each of \(group.size) ranks" : "" }

  private func fileExists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}

extension WeightSource {
  /// A digest of the file and the map, or how the weights are drawn.
  fileprivate func contentDigest() throws(TesseraError) -> String {
    switch self {
    case .file(let path, let map):
      try ContentDigest.of(files: [path] + [map].compactMap { $0 })
    case .random(let seed, let distribution): "random:\(seed),\(distribution)"
    }
  }
}
