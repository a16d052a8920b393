import PointwisePrograms
import Tensors

/// `tessera.Gemm`: `activation(x · W + bias)`, then an epilogue.
///
/// Inputs: x `[…, K]`, weights `[K, N]` or, with `transB`, `[N, K]`, optional bias `[N]`, then the operands of
/// the epilogue, which broadcast to the result. Output `[…, N]`.
package struct FusedGemmParameters: Sendable, Equatable {
  /// The weights are `[N, K]`.
  package var transB: Bool
  package var activation: FusedActivation
  /// What is computed of each activated result, value 0, and the operands, values from 1 on.
  package var epilogue: PointwiseProgram?

  package init(
    transB: Bool, activation: FusedActivation = .identity, epilogue: PointwiseProgram? = nil
  ) {
    self.transB = transB
    self.activation = activation
    self.epilogue = epilogue
  }

  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    self.init(
      transB: try node.flagAttribute("trans_b"), activation: try FusedActivation(node),
      epilogue: try node.epilogueProgram())
  }

  /// The attributes of a node with these parameters.
  package var attributes: [String: Attribute] {
    var attributes = activation.attributes
    attributes["trans_b"] = .int(transB ? 1 : 0)
    if let epilogue { attributes["epilogue"] = Attribute(epilogue) }
    return attributes
  }
}

extension Operator {
  static let fusedGemm = Operator(
    "Gemm", domain: "tessera",
    forms: [
      OperatorForm(inputs: 2...3, attributes: ["activation", "high", "low", "trans_b"])
    ],
    inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
      let parameters = try FusedGemmParameters(node, in: graph, opsetVersion: opsetVersion)
      let input = try graph.inputType(0, of: node)
      let weights = try graph.inputType(1, of: node)
      try node.checkFloatingPoint(input)
      try node.checkSameElementType(input.elementType, weights, "weights")
      guard (weights.dimensions?.count ?? 2) == 2 else {
        throw node.invalid("its weights must be a matrix, but are \(weights)")
      }
      let rows = weights.dimensions?[0] ?? .unknown
      let columns = weights.dimensions?[1] ?? .unknown
      let (depth, width) = parameters.transB ? (columns, rows) : (rows, columns)
      if let bias = try graph.optionalInputType(2, of: node) {
        try node.checkSameElementType(input.elementType, bias, "bias")
        try node.checkVector(bias, count: width, "bias")
      }
      guard let dimensions = input.dimensions else { return [TensorType(input.elementType, nil)] }
      guard let last = dimensions.last, last.mayEqual(depth) else {
        throw node.invalid("its input \(input) does not fit its weights \(weights)")
      }
      return [TensorType(input.elementType, dimensions.dropLast() + [width])]
    }
  )
  .takingEpilogue(channelsAreLast: true)
}
