import Tensors
import Tessera

/// The option that says which values of a network a command gives.
enum OutputArguments {
  static let outputs = Option<[String]>(
    "outputs", "NAME[,NAME…]|all", isRepeatable: true, completion: .words(["all"]),
    help: "Give these values: any of a model's, of a plan its outputs (default: the outputs)"
  ) { text in text.split(separator: ",").map(String.init) }

  /// The names that were given; nil if there are none.
  static func names(_ arguments: ParsedArguments) -> [String]? {
    let names = arguments.all(outputs)
    return names.isEmpty ? nil : names.flatMap { $0 }
  }

  /// Whether all values are asked for.
  static func areAll(_ names: [String]?) -> Bool { names == ["all"] }
}

extension Network {
  /// The network with the values of these names as its outputs.
  ///
  /// - Parameter names: as `OutputArguments` gives them; nil keeps the outputs.
  func selecting(_ names: [String]?) throws(TesseraError) -> Network {
    guard let names else { return self }
    return try selectingOutputs(OutputArguments.areAll(names) ? values : names)
  }
}

extension Plan {
  /// The names of the outputs that are asked for, in that order.
  ///
  /// - Throws: `invalidUsage` for a name given twice and for names that no output has.
  func outputNames(_ names: [String]?) throws(TesseraError) -> [String] {
    let outputs = variants.first?.outputs.map(\.name) ?? []
    guard let names, !OutputArguments.areAll(names) else { return outputs }
    var problems: [Diagnostic] = []
    for (index, name) in names.enumerated() {
      if !outputs.contains(name) {
        problems.append(
          Diagnostic(
            "there is no such output; the outputs of the plan are \(quotedList(outputs.uniqued)), "
              + "those of its model can be chosen when it is compiled",
            at: .value(name)))
      } else if names[..<index].contains(name) {
        problems.append(Diagnostic("the value is selected twice", at: .value(name)))
      }
    }
    if let error = TesseraError(.invalidUsage, diagnostics: problems) { throw error }
    return names
  }
}
