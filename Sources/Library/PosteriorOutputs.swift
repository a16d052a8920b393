import ExecutionPlan
import GraphIR
import TesseraRuntime

extension Plan {
  private static let posteriorsKey = "posteriors"

  /// What a plan stores of the outputs that are posteriors.
  static func metadata(posteriorOutputs: [String]) -> [MetadataEntry] {
    posteriorOutputs.isEmpty
      ? [] : [MetadataEntry(key: posteriorsKey, value: posteriorOutputs.joined(separator: "\n"))]
  }

  /// The outputs that are the results of a soft-max in the model.
  package var posteriorOutputs: [String] {
    metadata(Self.posteriorsKey).map { $0.split(separator: "\n").map(String.init) } ?? []
  }
}

extension Network {
  /// The outputs that are the results of a soft-max.
  package var posteriorOutputs: [String] { model.graph.posteriorOutputs }
}

extension Graph {
  /// For each output that a soft-max, or its logarithm, makes the value that goes into that.
  func scoresOfOutputs() -> [String: String] {
    let makers = makers()
    var scores: [String: String] = [:]
    for output in outputs {
      guard let maker = makers[output].map({ nodes[$0] }),
        isOverClasses(maker, "Softmax") || isOverClasses(maker, "LogSoftmax")
      else { continue }
      scores[output] = maker.input(0)
    }
    return scores
  }

  /// The outputs that are the results of a soft-max.
  var posteriorOutputs: [String] {
    let makers = makers()
    return outputs.filter { output in
      makers[output].map { isOverClasses(nodes[$0], "Softmax") } ?? false
    }
  }

  /// Whether a node is a soft-max over dimension 1, which is also the last of two.
  private func isOverClasses(_ node: Node, _ operatorName: String) -> Bool {
    guard node.isStandard, node.operatorName == operatorName else { return false }
    guard case .int(let axis)? = node.attributes["axis"] else { return true }
    let rank = node.input(0).flatMap { types[$0]?.dimensions?.count }
    return axis == 1 || axis == -1 && (rank ?? 2) == 2
  }

  /// The index of the node that computes each value that is a node's first output, behind nodes that only
  /// name or reshape it.
  private func makers() -> [String: Int] {
    var makers: [String: Int] = [:]
    for (index, node) in nodes.enumerated() {
      guard let output = node.output(0) else { continue }
      let isView =
        node.isStandard && ["Dropout", "Flatten", "Identity"].contains(node.operatorName)
      if isView, let input = node.input(0) {
        makers[output] = makers[input]
      } else {
        makers[output] = index
      }
    }
    return makers
  }
}
