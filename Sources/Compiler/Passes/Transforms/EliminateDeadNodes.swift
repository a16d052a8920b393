import GraphIR
import Tensors

extension Pass {
  /// Removes the nodes and the constants whose values nobody uses.
  ///
  /// ```
  /// a = Relu (x)
  /// y = Relu (x)
  ///   →
  /// y = Relu (x)          where y is an output of the graph and a is not
  /// ```
  ///
  /// Legal always: operators have no effects besides their outputs. Inputs of the graph stay. Runs
  /// last, on what the other passes leave behind.
  package static let eliminateDeadNodes = Pass("eliminate-dead-nodes") {
    graph, _ throws(TesseraError) in
    var live = Set(graph.outputs)
    var keptNodes: [Node] = []
    for node in graph.nodes.reversed()
    where node.outputs.contains(where: { live.contains($0) }) {
      keptNodes.append(node)
      live.formUnion(node.inputs.filter { !$0.isEmpty })
    }
    let isChanged =
      keptNodes.count < graph.nodes.count
      || graph.constants.names.contains { !live.contains($0) }
    guard isChanged else { return false }
    graph.nodes = keptNodes.reversed()
    graph.constants.removeAll { !live.contains($0) }
    let defined = Set(graph.inputs + graph.outputs + graph.nodes.flatMap(\.outputs))
    graph.types = graph.types.filter { defined.contains($0.key) }
    return true
  }
}
