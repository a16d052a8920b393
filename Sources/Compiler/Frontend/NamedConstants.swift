import GraphIR
import Tensors

/// The constants of a model file by name, of which those that nobody asks for may be damaged or of a type
/// that we do not support.
package struct NamedConstants {
  /// In the order of the file.
  let names: [String]
  private let constants: ConstantTable
  private let problems: [String: ProblemList]

  /// - Throws: `TesseraError` if the file holds no model.
  init(_ model: Model, _ problems: ModelProblems) throws(TesseraError) {
    var ofModel = ProblemList()
    var ofConstants: [String: ProblemList] = [:]
    var names = model.graph.constants.names
    for entry in problems.entries {
      switch entry.subject {
      case .model: ofModel.add(entry.kind, [entry.diagnostic])
      case .constant(let name):
        ofConstants[name, default: ProblemList()].add(entry.kind, [entry.diagnostic])
        names.append(name)
      case .value, .node: continue
      }
    }
    try ofModel.throwIfAny()
    self.names = names.uniqued
    constants = model.graph.constants
    self.problems = ofConstants
  }

  /// The constant called `name`; nil if there is none.
  ///
  /// - Throws: `TesseraError` if it could not be read.
  func tensor(named name: String) throws(TesseraError) -> Tensor? {
    try problems[name]?.throwIfAny()
    return constants[name]
  }
}
