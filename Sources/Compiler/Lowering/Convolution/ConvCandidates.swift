import GraphIR
import KernelInterface
import Tensors

/// The ways to compute one convolution of a network, to be timed.
package struct ConvCandidates: Sendable, Equatable {
  /// That of the first node with this convolution.
  package let name: String
  package let calls: [KernelCall]

  package init(name: String, calls: [KernelCall]) {
    self.name = name
    self.calls = calls
  }
}

extension LoweringOptions {
  /// The candidates for each convolution of the graphs that is not like an earlier one.
  ///
  /// - Throws: `TesseraError` if a node cannot be lowered.
  package func convCandidates(
    of graphs: [Graph], opsetVersion: Int
  ) throws(TesseraError) -> [ConvCandidates] {
    var problems: Set<ConvProblem> = []
    var result: [ConvCandidates] = []
    for graph in graphs {
      for node in graph.nodes where LoweringRule.fusedConv.takes(node) {
        let conv = try ConvNode(node, in: graph, opsetVersion: opsetVersion)
        guard problems.insert(conv.problem).inserted else { continue }
        result.append(
          ConvCandidates(
            name: node.displayName, calls: try candidates(for: conv.problem).map(\.call)))
      }
    }
    return result
  }
}
