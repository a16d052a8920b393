import GraphIR
import Tensors

extension LoweringRule {
  /// Operators whose output is the input's elements under another shape: no step at all.
  static let viewRules: [LoweringRule] = [
    "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity",
  ].map { name in
    LoweringRule(name) { node, builder throws(TesseraError) in
      builder.defineView(node.outputs[0], of: node.inputs[0])
    }
  }

  /// `Dropout` at inference, a view of its input.
  static let dropout = LoweringRule("Dropout") { node, builder throws(TesseraError) in
    if node.output(1) != nil {
      throw TesseraError(.unsupported, "its second output, the mask, is not supported")
    }
    let parameters = try DropoutParameters(
      node, in: builder.graph, opsetVersion: builder.opsetVersion)
    guard parameters.isInference else {
      throw TesseraError(
        .unsupported, "its input 'training_mode' is known only at run time; it must be constant")
    }
    builder.defineView(node.outputs[0], of: node.inputs[0])
  }
}
