import Tensors

/// What a node of an operator looks like from an opset version on, until the next form.
package struct OperatorForm: Sendable {
  /// The first opset version with this form; 7 for those that are older than we support.
  package let sinceVersion: Int
  /// How many inputs a node may have. Those up to the lower bound must not be absent.
  package let inputCounts: ClosedRange<Int>
  /// How many outputs a node may have.
  package let outputCounts: ClosedRange<Int>
  /// The attributes that a node may have.
  package let attributes: Set<String>

  package init(
    since version: Int = 7, inputs: ClosedRange<Int>, outputs: ClosedRange<Int> = 1...1,
    attributes: Set<String> = []
  ) {
    sinceVersion = version
    inputCounts = inputs
    outputCounts = outputs
    self.attributes = attributes
  }

  /// What is wrong with a node's numbers of inputs and outputs and its attributes' names.
  package func problems(of node: Node) -> [Diagnostic] {
    var messages: [String] = []
    if !inputCounts.contains(node.inputs.count) {
      messages.append("it has \(node.inputs.count) inputs, expected \(inputCounts.words)")
    }
    for (index, name) in node.inputs.prefix(inputCounts.lowerBound).enumerated()
    where name.isEmpty {
      messages.append("input \(index) is missing")
    }
    if !outputCounts.contains(node.outputs.count) {
      messages.append("it has \(node.outputs.count) outputs, expected \(outputCounts.words)")
    }
    for name in node.attributes.keys.sorted() where !attributes.contains(name) {
      messages.append("it has no attribute '\(name)' in this opset version")
    }
    return messages.map { Diagnostic($0, at: node.location) }
  }
}

extension ClosedRange<Int> {
  fileprivate var words: String {
    if lowerBound == upperBound { return "\(lowerBound)" }
    return upperBound == .max ? "at least \(lowerBound)" : "\(lowerBound) to \(upperBound)"
  }
}
