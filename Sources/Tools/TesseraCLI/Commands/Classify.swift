import Evaluation
import Tessera
import TesseraImages

extension Command {
  static let classify = Command(
    name: "classify", summary: "Say what images show",
    operands: [
      Common.planOrModel,
      Positional(
        name: "IMAGE", help: "PNG or JPEG files, or folders of them", isRepeated: true,
        completion: .files("png", "jpg", "jpeg")),
    ],
    options: [
      Classify.top.declaration, Labels.option.declaration,
    ] + ImageArguments.declarations + ModelArguments.declarations + [
      WeightArguments.weights.declaration, WeightArguments.map.declaration,
      Common.shapes.declaration, Common.threads.declaration,
      Common.trust.declaration, Common.json.declaration,
    ],
    notes: """
      The network has one image input; its first output has one element a class. Where these are not
      negative and sum to 1 (within \(Prediction.sumTolerance)), they are printed as probabilities,
      otherwise as the scores that they are. An image that cannot be read is reported, the others
      are classified all the same, and the exit code is 1.
      """
  ) { arguments, output throws(TesseraError) in
    try Classify.run(arguments, output)
  }
}

/// `tessera classify`.
private enum Classify {
  static let top = Option<Int>(
    "top", "K", help: "Print the K most likely classes (default: 5)",
    parse: ArgumentValue.integer(in: 1...1_000_000))

  static func run(
    _ arguments: ParsedArguments, _ output: StandardOutput
  ) throws(TesseraError) -> ExitStatus {
    let path = arguments.operands[0]
    var options = try ModelArguments.options(arguments)
    let imageArguments = try ImageArguments(arguments)
    let program = try Program(arguments)
    if !arguments[Common.trust] { try program.verifyWeights(path: path) }
    let images = try imageArguments.merged(with: try program.imageOptions())
    program.noteStoredImages(path: path, images)
    let labelsPath = arguments[Labels.option]
    let givenLabels = try labelsPath.map { (path) throws(TesseraError) in
      try Labels.read(path: path)
    }

    if let shapes = arguments[Common.shapes] { options.shapes = [shapes] }
    let plan = try program.compiled(options)
    let classifier: Classifier
    do throws(TesseraError) {
      classifier = try Classifier(
        plan, path: path, imageOptions: images ?? ImageOptions(),
        labels: givenLabels ?? plan.labels, threads: arguments[Common.threads])
    } catch {
      throw error.inFile(path)
    }

    var paths: [String] = []
    for operand in arguments.operands.dropFirst() {
      paths += isFolder(operand) ? try imagesInFolder(operand) : [operand]
    }
    let results = try ProgressBar.during { (bar) throws(TesseraError) in
      try classifier.classify(paths) { fraction in
        bar.update("classifying", fraction)
      }
    }
    let topCount = arguments[top] ?? 5
    if arguments[Common.json] {
      let values = results.map { $0.json(topCount: topCount, labels: classifier.labels) }
      try output.write(.object(["images": .array(values)]))
    } else {
      for result in results {
        try output.write(result.text(topCount: topCount, labels: classifier.labels))
      }
    }
    let errors = results.compactMap(\.error)
    errors.forEach(StandardError.report)
    return errors.isEmpty ? .done : .failed
  }
}
