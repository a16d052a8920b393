import Frontend
import Tessera

extension Command {
  static let convert = Command(
    name: "convert", summary: "Write a model as ONNX binary or ONNX text",
    operands: [Common.model],
    options: [
      Convert.output.declaration, WeightArguments.weights.declaration,
      WeightArguments.map.declaration, Convert.externalData.declaration,
    ],
    notes: """
      The name of OUT tells the form: .onnx is binary, .onnxtxt is text, as is - (standard output). With --weights the inputs
      that they bind become constants of the model. Constants of 2 GB and more go to OUT.data in any
      case.
      """
  ) { arguments, output throws(TesseraError) in
    let path = arguments.operands[0]
    let target = arguments[Convert.output] ?? ""
    let writesData = arguments[Convert.externalData]
    guard target != "-" || !writesData else {
      throw TesseraError(
        .invalidUsage, "option '--external-data' needs a file beside which it lies")
    }
    try CommandOutputs.enter([target] + (writesData ? [ModelWriter.dataPath(target)] : []))
    try ProgressBar.during { (bar) throws(TesseraError) in
      bar.update("reading the model", 0)
      let network = try Network(path: path, weights: try WeightArguments.source(arguments))
      StandardError.warn(network.warnings)
      bar.update("writing the model", 0.5)
      try ModelWriter.write(
        network.model, to: target, externalData: writesData)
    }
    return .done
  }
}

private enum Convert {
  static let externalData = Flag(
    "external-data", help: "Write constants of 1 KB and more to OUT.data, beside OUT")
  static let output = Option(
    "output", short: "o", "OUT", isRequired: true, completion: .writtenModel,
    help: "Write .onnx or .onnxtxt to this file",
    parse: ArgumentValue.modelFile)
}

extension ArgumentValue {
  /// The name of a model file to write, or `-`.
  static func modelFile(_ text: String) throws(TesseraError) -> String {
    guard text == "-" || [".onnx", ".onnxtxt"].contains(where: text.hasSuffix) else {
      throw unexpected(text, "a file name that ends in .onnx or .onnxtxt, or -")
    }
    return text
  }
}
