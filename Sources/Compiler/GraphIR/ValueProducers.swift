/// The node that makes each value of a graph.
package struct ValueProducers: Sendable {
  private let nodes: [Node]
  private var indices: [String: Int] = [:]

  package init(_ graph: Graph) {
    nodes = graph.nodes
    indices.reserveCapacity(nodes.count)
    for (index, node) in nodes.enumerated() {
      for output in node.outputs where !output.isEmpty { indices[output] = index }
    }
  }

  /// The node that makes `value`; nil for inputs and constants.
  package subscript(value: String) -> Node? { indices[value].map { nodes[$0] } }
}
