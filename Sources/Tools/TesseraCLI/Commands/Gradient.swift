import Frontend
import Tessera

extension Command {
  static let gradient = Command(
    name: "gradient", summary: "Write a model with the gradients of a value as further outputs",
    operands: [Common.model],
    options: [
      Gradient.withRespectTo.declaration, Gradient.of.declaration, Gradient.training.declaration,
      Gradient.output.declaration, Common.shapes.declaration, WeightArguments.weights.declaration,
      WeightArguments.map.declaration,
    ],
    notes: """
      The gradient of NAME is called NAME.gradient; of a value of several elements the sum is differentiated. \
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
    help: "Compute the gradients with respect to these values, or to all weights"
  ) { text in text.split(separator: ",").map(String.init) }
  static let of = Option(
    "of", "NAME", help: "Differentiate this value (default: the only output)")
  static let training = Flag(
    "training", help: "Differentiate the loss of a classifier in training")
  static let output = Option(
    "output", short: "o", "OUT", isRequired: true, help: "Write .onnx or .onnxtxt to this file",
    parse: ArgumentValue.modelFile)

  static func run(_ path: String, _ arguments: ParsedArguments) throws(TesseraError) {
    let target = arguments[output] ?? ""
    let names = arguments.all(withRespectTo).flatMap { $0 }
    guard !arguments[training] || arguments[of] == nil else {
      throw TesseraError(.invalidUsage, "options '--of' and '--training' exclude one another")
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
          arguments[training] ? .training : .value(arguments[of]),
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
