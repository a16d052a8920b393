/// Which parts of a graph its outputs need. The nodes may be in any order.
package struct Liveness {
  /// For each node whether an output needs one of its results.
  package private(set) var nodes: [Bool]
  /// The values that the graph gives out or that needed nodes read.
  package private(set) var values: Set<String>

  package init(_ graph: Graph) {
    nodes = graph.nodes.map { _ in false }
    values = Set(graph.outputs)
    var producers: [String: Int] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for output in node.outputs where producers[output] == nil { producers[output] = index }
    }
    var pending = Array(values)
    while let value = pending.popLast() {
      guard let index = producers[value], !nodes[index] else { continue }
      nodes[index] = true
      for input in graph.nodes[index].inputs where !input.isEmpty {
        if values.insert(input).inserted { pending.append(input) }
      }
    }
  }
}

extension Graph {
  /// Removes the nodes, the results of nodes and the constants that no output needs, and the types of
  /// values that no longer exist. Inputs stay. True if anything changed.
  package mutating func removeUnused() -> Bool {
    let live = Liveness(self)
    var isChanged = live.nodes.contains(false)
    var index = -1
    nodes.removeAll { _ in
      index += 1
      return !live.nodes[index]
    }
    for index in nodes.indices where !nodes[index].outputs.allSatisfy(live.values.contains) {
      let outputs = nodes[index].wantedOutputs(in: live.values)
      isChanged = isChanged || outputs != nodes[index].outputs
      nodes[index].outputs = outputs
    }
    if constants.names.contains(where: { !live.values.contains($0) }) {
      constants.removeAll { !live.values.contains($0) }
      isChanged = true
    }
    guard isChanged else { return false }
    let defined = Set(inputs + outputs).union(nodes.lazy.flatMap(\.outputs))
    types = types.filter { defined.contains($0.key) }
    return true
  }
}

extension Node {
  /// The outputs with "" for those that nothing reads, as far as the last that something reads; all of them
  /// where their number decides what they are.
  fileprivate func wantedOutputs(in values: Set<String>) -> [String] {
    var outputs = outputs.map { values.contains($0) ? $0 : "" }
    let isList = OperatorRegistry.find(self)?.forms.contains { $0.outputCounts.upperBound == .max }
    while isList != true, outputs.last == "" { outputs.removeLast() }
    return outputs
  }
}
