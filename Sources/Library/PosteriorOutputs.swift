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
  /// The value that goes into the soft-max, or its logarithm, that makes `output`; nil if none does.
  func scores(of output: String) -> String? {
    guard let maker = producer(of: output),
      isOverClasses(maker, "Softmax") || isOverClasses(maker, "LogSoftmax")
    else { return nil }
    return maker.input(0)
  }

  /// The outputs that are the results of a soft-max.
  var posteriorOutputs: [String] {
    outputs.filter { output in
      producer(of: output).map { isOverClasses($0, "Softmax") } ?? false
    }
  }

  /// Whether a node is a soft-max over dimension 1, which is also the last of two.
  private func isOverClasses(_ node: Node, _ operatorName: String) -> Bool {
    guard node.isStandard, node.operatorName == operatorName else { return false }
    guard case .int(let axis)? = node.attributes["axis"] else { return true }
    let rank = node.input(0).flatMap { types[$0]?.dimensions?.count }
    return axis == 1 || axis == -1 && (rank ?? 2) == 2
  }

  /// The node that computes a value, behind nodes that only name or reshape it.
  private func producer(of value: String) -> Node? {
    var value = value
    for node in nodes.reversed() where node.outputs.first == value {
      guard node.isStandard, ["Dropout", "Flatten", "Identity"].contains(node.operatorName),
        let input = node.input(0)
      else { return node }
      value = input
    }
    return nil
  }
}
