import Tessera

extension Command {
  static let run = Command(
    name: "run", summary: "Run a model or a plan on tensors or images from files",
    operands: [Common.modelOrPlan],
    options: [
      TensorSource.option.declaration, OutputArguments.outputs.declaration,
      Run.outputDirectory.declaration,
      WeightArguments.weights.declaration, WeightArguments.map.declaration,
      Common.shapes.declaration, Common.threads.declaration,
      Common.trust.declaration,
      ModelArguments.dense.declaration,
    ] + ModelArguments.declarations + ImageArguments.declarations + [Common.json.declaration],
    notes: """
      NAME=FILE is split where NAME is the longest that is an input. Images and folders of images
      that are given for one input are its batch, in that order; a plan takes batches that it was not
      compiled for in parts. A .npz gives the array called NAME unless :MEMBER names
      another. Each output goes to DIR/NAME.npy, bytes of NAME outside A-Z a-z 0-9 . _ - as %XX.
      Without --output-dir a summary of each output is printed.
      """
  ) { arguments, output throws(TesseraError) in
    try Run.run(arguments, output)
    return .done
  }
}

/// `tessera run`.
private enum Run {
  static let outputDirectory = Option(
    "output-dir", "DIR", completion: .folder,
    help: "Write each output to a .npy file in this folder")

  static func run(_ arguments: ParsedArguments, _ output: StandardOutput) throws(TesseraError) {
    let path = arguments.operands[0]
    var options = try ModelArguments.options(arguments)
    let imageArguments = try ImageArguments(arguments)
    let (program, outputNames) = try Program(arguments).selecting(
      OutputArguments.names(arguments))
    if let folder = arguments[outputDirectory] {
      try OutputFiles.enter(outputNames, in: folder)
    }
    let inputNames = program.inputs.map(\.name)
    let sources = try arguments.all(TensorSource.option).map { (source) throws(TesseraError) in
      try source.resolved(for: inputNames)
    }
    if let option = imageArguments.firstGiven, !sources.contains(where: \.isImage) {
      throw TesseraError(
        .invalidUsage, "option '--\(option.name)' is for images, but no --input is one")
    }
    let shapes = arguments[Common.shapes] ?? [:]
    if !arguments[Common.trust] { try program.verifyWeights(path: path) }
    let imageOptions = try imageArguments.merged(with: try program.imageOptions())
    if sources.contains(where: \.isImage) { program.noteStoredImages(path: path, imageOptions) }
    let inputs = try ProgramInputs(
      sources, for: program, path: path, shapes: shapes,
      imageOptions: imageOptions ?? ImageOptions())

    let outputs = try ProgressBar.during { (bar) throws(TesseraError) in
      options.shapes = [
        shapes.merging(inputs.tensors.mapValues(\.shape.dimensions)) { _, actual in actual }
      ]
      let plan: Plan
      do throws(TesseraError) {
        plan = try program.compiled(options)
      } catch {
        // Without --shapes it is the files whose shapes do not fit one another.
        let isAboutInputs = error.diagnostics.allSatisfy { problem in
          inputs.tensors.keys.contains { problem.location == .value($0) }
        }
        guard error.kind == .invalidUsage, shapes.isEmpty, isAboutInputs else { throw error }
        throw TesseraError(.invalidInput, diagnostics: error.diagnostics) ?? error
      }
      bar.update("running", 0)
      do throws(TesseraError) {
        let results = try plan.run(
          inputs.tensors, outputs: outputNames, threads: arguments[Common.threads])
        return outputNames.compactMap { name in
          results[name].map { (name: name, tensor: $0) }
        }
      } catch {
        throw error.inFile(path)
      }
    }
    try report(outputs, arguments, output)
  }

  private static func report(
    _ outputs: [(name: String, tensor: Tensor)], _ arguments: ParsedArguments,
    _ output: StandardOutput
  ) throws(TesseraError) {
    var paths: [String: String] = [:]
    if let directory = arguments[outputDirectory] {
      paths = try OutputFiles.write(outputs, to: directory)
    }
    var summaries: [TensorSummary] = []
    for (name, tensor) in outputs { summaries.append(try TensorSummary(tensor, name: name)) }
    if arguments[Common.json] {
      let values = summaries.map { summary in
        JSONValue.members(
          summary.json + (paths[summary.name].map { [("file", .string($0))] } ?? []))
      }
      try output.write(.object(["outputs": .array(values)]))
    } else if paths.isEmpty {
      for summary in summaries { try output.write(summary.text) }
    } else {
      for name in outputs.map(\.name).uniqued {
        if let path = paths[name] { try output.writeLine(path.withoutControlCharacters) }
      }
    }
  }
}
