import GraphIR
import Tensors

extension Pass {
  /// Removes the nodes, the results of nodes and the constants whose values nobody uses.
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
    graph, _ throws(TesseraError) in graph.removeUnused()
  }
}
