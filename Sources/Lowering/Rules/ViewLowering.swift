import GraphIR
import Tensors

extension LoweringRule {
  /// Operators whose output is the input's elements under another shape: no step at all.
  static let viewRules: [LoweringRule] = [
    "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Dropout",
  ].map { name in
    LoweringRule(name) { node, builder throws(TesseraError) in
      if node.outputs.count > 1, !node.outputs[1].isEmpty {
        throw TesseraError(.unsupported, "a second output is not supported")
      }
      builder.defineView(node.outputs[0], of: node.inputs[0])
    }
  }

  /// True if the node's rule defines its output as images in channel blocks.
  static func writesBlocks(_ node: Node) -> Bool {
    switch (node.domain, node.operatorName) {
    case ("tessera", "Conv"), ("", "MaxPool"), ("", "AveragePool"), ("", "GlobalAveragePool"),
      ("", "LRN"):
      true
    default: false
    }
  }
}
