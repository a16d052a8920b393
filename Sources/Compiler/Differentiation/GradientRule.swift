import GraphIR
import Tensors

/// How gradients go backwards through the nodes of an operator.
package struct GradientRule: Sendable {
  /// An operator of ONNX's own domain.
  package let operatorName: String
  /// The gradients in the terms of the operator's definition, of which `g` is the output's.
  package let formula: String
  /// What nodes of the operator must be for the rule to hold; empty if it holds for all.
  package let limit: String

  /// Appends nodes that compute the gradients of a node's inputs.
  ///
  /// - Returns: by the input's position, values of the types of the inputs, of all that are wanted and do
  ///   depend on one. Those that are not wanted are left out.
  let gradients:
    @Sendable (_ step: BackwardStep, _ emitter: inout NodeEmitter) throws(TesseraError) ->
      [Int: String]

  init(
    _ operatorName: String, _ formula: String, limit: String = "",
    gradients:
      @escaping @Sendable (_ step: BackwardStep, _ emitter: inout NodeEmitter)
      throws(TesseraError) -> [Int: String]
  ) {
    self.operatorName = operatorName
    self.formula = formula
    self.limit = limit
    self.gradients = gradients
  }
}

/// One node as a rule sees it.
struct BackwardStep {
  let node: Node
  /// The gradient of each output; nil where the loss does not depend on it.
  let gradients: [String?]
  /// The positions of the inputs whose gradients are wanted.
  let wanted: Set<Int>

  /// The gradient of the first output, of operators that have no other.
  var gradient: String { gradients.lazy.compactMap { $0 }.first ?? "" }
  /// The first output.
  var output: String { node.outputs[0] }

  func wants(_ input: Int) -> Bool { wanted.contains(input) }
}
