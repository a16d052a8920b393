import GraphIR

/// The part of a graph through which a loss depends on values.
struct GradientPath {
  /// For each node whether it lies between the values and the loss.
  private(set) var nodes: [Bool]
  /// The floating-point values that depend on the values, and these.
  private(set) var dependents: Set<String>

  init(_ graph: Graph, from values: [String], to loss: String) {
    dependents = Set(values)
    for node in graph.nodes where node.inputs.contains(where: dependents.contains) {
      for output in node.outputs where graph.hasGradient(output) { dependents.insert(output) }
    }
    nodes = graph.nodes.map { _ in false }
    var needed = [loss].filter(dependents.contains).reduce(into: Set()) { $0.insert($1) }
    for (index, node) in graph.nodes.enumerated().reversed()
    where node.outputs.contains(where: needed.contains) {
      let inputs = node.inputs.filter(dependents.contains)
      nodes[index] = !inputs.isEmpty
      needed.formUnion(inputs)
    }
  }
}

extension Graph {
  /// Whether a value holds floating-point elements.
  func hasGradient(_ value: String) -> Bool {
    type(of: value)?.elementType.isFloatingPoint ?? false
  }
}
