import Tensors

/// An operator: which nodes it serves, how it types their outputs, and, where constants may flow
/// through it, how it computes them.
package struct Operator: Sendable {
  /// The ONNX operator name, such as `Conv`.
  package let name: String
  /// "" for ONNX's own operators, "tessera" for fused ones.
  package let domain: String
  /// Types of all outputs, from the node and the types and constants of its inputs in `graph`.
  package let inferTypes:
    @Sendable (_ node: Node, _ graph: Graph, _ opsetVersion: Int) throws(TesseraError) ->
      [TensorType]
  /// The outputs for constant inputs (nil stands for an absent one), or nil if this operator is not
  /// evaluated at compile time.
  package let evaluate:
    (@Sendable (_ node: Node, _ inputs: [Tensor?], _ opsetVersion: Int) throws(TesseraError) ->
      [Tensor])?

  package init(
    _ name: String, domain: String = "",
    inferTypes: @escaping @Sendable (Node, Graph, Int) throws(TesseraError) -> [TensorType],
    evaluate: (@Sendable (Node, [Tensor?], Int) throws(TesseraError) -> [Tensor])? = nil
  ) {
    self.name = name
    self.domain = domain
    self.inferTypes = inferTypes
    self.evaluate = evaluate
  }
}
