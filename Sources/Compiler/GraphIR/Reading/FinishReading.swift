import Tensors

extension Model {
  /// Ends the reading of a model file: checks what holds for every model, whatever its operators, and
  /// leaves out what could not be read and no output needs.
  ///
  /// - Throws: `TesseraError` with everything that is wrong with what the outputs need, after a list of
  ///   all operators that we do not support.
  package mutating func finishReading(_ problems: ModelProblems) throws(TesseraError) {
    let live = Liveness(graph)
    let operators = graph.unsupportedOperators(functions: problems.functions)
    var found = ProblemList()
    found.add(.unsupported, operators)
    var isReadable = !zip(graph.nodes, live.nodes).contains { node, isLive in
      isLive && problems.functions.contains(OperatorID(node))
    }
    for entry in problems.entries where live.needs(entry.subject) {
      isReadable = false
      // What the attributes of an unknown operator are does not matter.
      if case .node(let index) = entry.subject, OperatorRegistry.find(graph.nodes[index]) == nil {
        continue
      }
      found.add(entry.kind, [entry.diagnostic])
    }
    let structure = structureProblems(live, unreadable: problems.values)
    found.add(.invalidInput, structure)
    if !isReadable || !structure.isEmpty, let error = found.error { throw error }
    graph.leaveOut(problems, live)
  }
}

extension Liveness {
  fileprivate func needs(_ subject: ModelProblems.Subject) -> Bool {
    switch subject {
    case .model: true
    case .constant(let name), .value(let name): values.contains(name)
    case .node(let index): nodes[index]
    }
  }
}

extension Graph {
  /// Removes what could not be read, and what depends on it.
  fileprivate mutating func leaveOut(_ problems: ModelProblems, _ live: Liveness) {
    let unreadable = problems.values
    let broken = problems.nodes
    inputs.removeAll {
      !live.values.contains($0) && (unreadable.contains($0) || types[$0] == nil)
    }
    var defined = Set(constants.names).union(inputs)
    var index = -1
    nodes.removeAll { node in
      index += 1
      let isKept =
        live.nodes[index]
        || !broken.contains(index)
          && node.inputs.allSatisfy { $0.isEmpty || defined.contains($0) }
      if isKept { defined.formUnion(node.outputs) }
      return !isKept
    }
  }
}
