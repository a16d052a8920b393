import GraphIR
import Tensors

/// The values that a step of ours makes as images in channel blocks.
struct BlockedValues {
  let opsetVersion: Int
  private var names: Set<String> = []

  init(_ graph: Graph, opsetVersion: Int) {
    self.opsetVersion = opsetVersion
    for node in graph.nodes {
      guard let rule = LoweringRuleTable.find(node), rule.writesBlocks(node, graph, self) else {
        continue
      }
      names.formUnion(node.outputs)
    }
  }

  func contains(_ value: String) -> Bool { names.contains(value) }
}
