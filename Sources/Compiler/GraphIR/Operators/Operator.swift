import PointwisePrograms
import Tensors

/// An operator: which nodes it serves, how it types their outputs, and, where constants may flow
/// through it, how it computes them.
package struct Operator: Sendable {
  /// The ONNX operator name, such as `Conv`.
  package let name: String
  /// "" for ONNX's own operators, "tessera" for fused ones.
  package let domain: String
  /// What nodes look like in each opset version, in ascending order.
  package let forms: [OperatorForm]
  /// Types of all outputs, from the node and the types and constants of its inputs in `graph`.
  package let inferTypes:
    @Sendable (_ node: Node, _ graph: Graph, _ opsetVersion: Int) throws(TesseraError) ->
      [TensorType]
  /// The elements of the only output, as far as known, where it is an integer scalar or vector
  /// that takes part in shape arithmetic; nil if nothing is known about them.
  package let inferElements:
    (
      @Sendable (_ node: Node, _ graph: Graph, _ opsetVersion: Int) throws(TesseraError) ->
        [Dimension]?
    )?
  /// The outputs for constant inputs (nil stands for an absent one), or nil if this operator is not
  /// evaluated at compile time.
  package let evaluate:
    (
      @Sendable (_ node: Node, _ inputs: [Tensor?], _ opsetVersion: Int) throws(TesseraError) ->
        [Tensor]
    )?

  /// Of an element-wise operator, what it computes of the elements of its first inputs, as many as the
  /// program has, which broadcast; nil for other operators.
  package let pointwise:
    (
      @Sendable (_ node: Node, _ graph: Graph, _ opsetVersion: Int) throws(TesseraError) ->
        PointwiseProgram
    )?

  /// How nodes take an epilogue; nil if they take none.
  package internal(set) var epilogueForm: EpilogueForm?

  /// The element types in which nodes are computed at run time.
  package private(set) var elementTypes = RunTimeElementTypes.float32
  /// What ONNX allows and we refuse, a clause each.
  package private(set) var limits: [String] = []

  package init(
    _ name: String, domain: String = "", forms: [OperatorForm],
    inferTypes: @escaping @Sendable (Node, Graph, Int) throws(TesseraError) -> [TensorType],
    inferElements: (@Sendable (Node, Graph, Int) throws(TesseraError) -> [Dimension]?)? = nil,
    evaluate: (@Sendable (Node, [Tensor?], Int) throws(TesseraError) -> [Tensor])? = nil,
    pointwise: (@Sendable (Node, Graph, Int) throws(TesseraError) -> PointwiseProgram)? = nil
  ) {
    self.name = name
    self.domain = domain
    self.forms = forms
    self.inferTypes = inferTypes
    self.inferElements = inferElements
    self.evaluate = evaluate
    self.pointwise = pointwise
  }

  /// This operator with the statements that `tessera operators` prints of it.
  func stating(_ types: RunTimeElementTypes = .float32, limits: String...) -> Operator {
    stating(types, limits: limits)
  }

  func stating(_ types: RunTimeElementTypes = .float32, limits: [String]) -> Operator {
    var result = self
    result.elementTypes = types
    result.limits = limits
    return result
  }

  /// The form of this operator's nodes in an opset version; nil if it came later.
  package func form(inOpset version: Int) -> OperatorForm? {
    domain.isEmpty ? forms.last { $0.sinceVersion <= version } : forms.last
  }
}
