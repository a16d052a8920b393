import Tensors

extension Model {
  /// Checks what holds for every model, whatever its operators: all values defined once and before
  /// use, inputs typed, and an operator set version for every domain that the nodes use.
  ///
  /// - Throws: `TesseraError` with all problems.
  package func checkStructure() throws(TesseraError) {
    var problems = graph.structureProblems()
    var missing: Set<String> = []
    for node in graph.nodes where node.domain != "tessera" {
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
    if let error = TesseraError(.invalidInput, diagnostics: problems) { throw error }
  }
}

extension Graph {
  /// Values that are defined twice, used before their definition or not defined at all, and inputs
  /// without a type.
  func structureProblems() -> [Diagnostic] {
    var problems: [Diagnostic] = []
    var defined = Set(constants.names)

    for input in inputs {
      if input.isEmpty {
        problems.append(Diagnostic("a graph input has no name"))
      } else if !defined.insert(input).inserted {
        problems.append(Diagnostic("the graph input is defined twice", at: .value(input)))
      } else if types[input] == nil {
        problems.append(Diagnostic("the graph input has no type", at: .value(input)))
      }
    }

    let producers = Set(nodes.lazy.flatMap(\.outputs))
    for node in nodes {
      let place = Location.node(node.displayName, operatorName: node.operatorName)
      for input in node.inputs where !input.isEmpty && !defined.contains(input) {
        problems.append(
          Diagnostic(
            producers.contains(input)
              ? "input '\(input)' is used before the node that makes it: nodes must be in "
                + "topological order"
              : "input '\(input)' is not defined",
            at: place))
      }
      for output in node.outputs where !output.isEmpty {
        if !defined.insert(output).inserted {
          problems.append(Diagnostic("output '\(output)' is defined twice", at: place))
        }
      }
    }

    for output in outputs where !defined.contains(output) {
      problems.append(Diagnostic("the graph output is not defined", at: .value(output)))
    }
    return problems
  }
}
