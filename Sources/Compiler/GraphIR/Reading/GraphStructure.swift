import Tensors

extension Model {
  /// What does not hold of what the outputs need, but must for every model, whatever its operators: all
  /// values defined once and before use, inputs typed, and an operator set version for every domain that
  /// the nodes use.
  ///
  /// - Parameter unreadable: values whose definitions are already found to be damaged.
  func structureProblems(_ live: Liveness, unreadable: Set<String>) -> [Diagnostic] {
    var problems = graph.structureProblems(live, unreadable: unreadable)
    var missing: Set<String> = []
    for (node, isLive) in zip(graph.nodes, live.nodes) where isLive && node.domain != "tessera" {
      let isDefaultDomain = node.domain.isEmpty || node.domain == "ai.onnx"
      let isImported = isDefaultDomain ? opsetVersion > 0 : opsetVersions[node.domain] != nil
      guard !isImported, missing.insert(isDefaultDomain ? "" : node.domain).inserted else {
        continue
      }
      problems.append(
        Diagnostic(
          "the model imports no operator set for domain '\(isDefaultDomain ? "" : node.domain)'",
          at: .node(node.displayName, operatorName: node.operatorName)))
    }
    return problems
  }
}

extension Graph {
  /// Values that the outputs need and that are defined twice, used before their definition or not defined
  /// at all, and inputs without a type.
  func structureProblems(_ live: Liveness, unreadable: Set<String> = []) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    var defined = Set(constants.names)

    for input in inputs {
      if input.isEmpty {
        problems.append(Diagnostic("a graph input has no name"))
      } else if !defined.insert(input).inserted {
        problems.append(Diagnostic("the graph input is defined twice", at: .value(input)))
      } else if types[input] == nil, live.values.contains(input), !unreadable.contains(input) {
        problems.append(Diagnostic("the graph input has no type", at: .value(input)))
      }
    }

    let producers = Set(nodes.lazy.flatMap(\.outputs))
    for (node, isLive) in zip(nodes, live.nodes) {
      let place = Location.node(node.displayName, operatorName: node.operatorName)
      for input in node.inputs
      where isLive && !input.isEmpty && !defined.contains(input) && !unreadable.contains(input) {
        problems.append(
          Diagnostic(
            producers.contains(input)
              ? "input '\(input)' is used before the node that makes it: nodes must be in "
                + "topological order"
              : "input '\(input)' is not defined",
            at: place))
      }
      for output in node.outputs where !output.isEmpty {
        if !defined.insert(output).inserted, live.values.contains(output) {
          problems.append(Diagnostic("output '\(output)' is defined twice", at: place))
        }
      }
    }

    for output in outputs where !defined.contains(output) && !unreadable.contains(output) {
      problems.append(Diagnostic("the graph output is not defined", at: .value(output)))
    }
    return problems
  }
}
