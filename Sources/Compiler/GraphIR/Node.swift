import Tensors

/// An operator applied to values.
///
/// `domain` is "" for ONNX's own operators and "tessera" for the fused ones that our passes make.
package struct Node: Sendable {
  /// The node's name; may be empty, need not be unique.
  package var name: String
  /// The operator, such as `Conv`.
  package var operatorName: String
  package var domain: String
  /// Value names; "" stands for an optional input that is absent.
  package var inputs: [String]
  /// Value names; "" stands for an optional output that is not wanted.
  package var outputs: [String]
  package var attributes: [String: Attribute]
  /// Where errors place the node, if not by its own name and operator: what it was in the model, before
  /// passes gave it another operator or other outputs.
  package var origin: Location?

  package init(
    _ operatorName: String, domain: String = "", name: String = "", inputs: [String],
    outputs: [String], attributes: [String: Attribute] = [:]
  ) {
    self.name = name
    self.operatorName = operatorName
    self.domain = domain
    self.inputs = inputs
    self.outputs = outputs
    self.attributes = attributes
  }

  /// What errors and reports call this node: its name, else its first output.
  package var displayName: String {
    name.isEmpty ? outputs.first { !$0.isEmpty } ?? "" : name
  }
}
