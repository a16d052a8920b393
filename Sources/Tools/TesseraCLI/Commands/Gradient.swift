import Differentiation
import Frontend
import Tessera

extension Command {
  static let gradient = Command(
    name: "gradient", summary: "Write a model with the gradients of a value as further outputs",
    operands: [Common.model],
    options: [
      Gradient.withRespectTo.declaration, Gradient.of.declaration, Gradient.loss.declaration,
      Gradient.training.declaration, Gradient.output.declaration, Common.shapes.declaration,
      WeightArguments.weights.declaration,
      WeightArguments.map.declaration,
    ],
    notes: """
      The gradient of NAME is called NAME.gradient. The loss is the sum over all values of --of of: \
      sum, their elements; weighted-sum, their elements times the input NAME.weights; squared-distance, the mean \
      of the squared differences from the input NAME.target; gram-distance, that of the Gram matrices, the output \
      NAME.gram, from the input NAME.gram.target. \
      Weights are the floating-point constants of one dimension and more. With --training the value is the \
      cross-entropy of a classifier, added over the images: the model gets the input targets and one mask a \
      Dropout, and BatchNormalization takes the statistics of the batch. Open first extents are 1 unless \
      --shapes says otherwise. Some nodes are operators of Tessera alone.
      """
  ) { arguments, _ throws(TesseraError) in
    try Gradient.run(arguments.operands[0], arguments)
    return .done
  }
}

private enum Gradient {
  static let withRespectTo = Option<[String]>(
    "with-respect-to", "NAME[,NAME…]|weights", isRepeatable: true, isRequired: true,
    completion: .words(["weights"]),
    help: "Compute the gradients with respect to these values, or to all weights"
  ) { text in text.split(separator: ",").map(String.init) }
  static let of = Option<[String]>(
    "of", "NAME[,NAME…]", isRepeatable: true,
    help: "Differentiate a loss of these values (default: the only output)"
  ) { text in text.split(separator: ",").map(String.init) }
  static let loss = Option<LossTerm.Kind>(
    "loss", "KIND",
    help:
      "What is computed of the values: sum (default), weighted-sum, squared-distance, gram-distance",
    parse: ArgumentValue.choice())
  static let training = Flag(
    "training", help: "Differentiate the loss of a classifier in training")
  static let output = Option(
    "output", short: "o", "OUT", isRequired: true, completion: .writtenModel,
    help: "Write .onnx or .onnxtxt to this file",
    parse: ArgumentValue.modelFile)

  static func run(_ path: String, _ arguments: ParsedArguments) throws(TesseraError) {
    let target = arguments[output] ?? ""
    let names = arguments.all(withRespectTo).flatMap { $0 }
    let values = arguments.all(of).flatMap { $0 }
    guard !arguments[training] || values.isEmpty && arguments[loss] == nil else {
      throw TesseraError(
        .invalidUsage, "option '--training' and options '--of' and '--loss' exclude one another")
    }
    guard arguments[loss] == nil || !values.isEmpty else {
      throw TesseraError(.invalidUsage, "option '--loss' needs '--of'")
    }
    guard !names.isEmpty else {
      throw TesseraError(.invalidUsage, "option '--with-respect-to' names no value")
    }
    try CommandOutputs.enter([target])
    try ProgressBar.during { (bar) throws(TesseraError) in
      bar.update("reading the model", 0)
      let network = try Network(path: path, weights: try WeightArguments.source(arguments))
      StandardError.warn(network.warnings)
      bar.update("differentiating", 0.4)
      do throws(TesseraError) {
        let result = try network.differentiated(
          arguments[training]
            ? .training
            : .terms(values.map { LossTerm(arguments[loss] ?? .sum, of: $0) }),
          withRespectTo: names == ["weights"] ? nil : names,
          shapes: arguments[Common.shapes] ?? [:])
        bar.update("writing the model", 0.6)
        try ModelWriter.write(result.network.model, to: target)
      } catch {
        throw error.kind == .invalidUsage ? error : error.inFile(path)
      }
    }
  }
}
