import Tensors

/// ONNX `Gemm`: `y = alpha · A′ · B′ + beta · C`, where a prime is a transposition if asked for and
/// C broadcasts to `[M, N]`.
package struct GemmParameters: Sendable, Equatable {
  package var alpha: Float
  package var beta: Float
  /// A is `[K, M]`, not `[M, K]`.
  package var transA: Bool
  /// B is `[N, K]`, not `[K, N]`.
  package var transB: Bool

  package init(alpha: Float = 1, beta: Float = 1, transA: Bool = false, transB: Bool = false) {
    self.alpha = alpha
    self.beta = beta
    self.transA = transA
    self.transB = transB
  }

  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    self.init(
      alpha: try node.floatAttribute("alpha", default: 1),
      beta: try node.floatAttribute("beta", default: 1),
      transA: try node.flagAttribute("transA"), transB: try node.flagAttribute("transB"))
  }
}

extension Operator {
  static let gemm = Operator(
    "Gemm",
    forms: [
      OperatorForm(inputs: 3...3, attributes: ["alpha", "beta", "transA", "transB"]),
      OperatorForm(
        since: 11, inputs: 2...3, attributes: ["alpha", "beta", "transA", "transB"]),
    ],
    inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
      let parameters = try GemmParameters(node, in: graph, opsetVersion: opsetVersion)
      let (a, b) = (try graph.inputType(0, of: node), try graph.inputType(1, of: node))
      try node.checkSameElementType(a.elementType, b, "second input")
      for type in [a, b] where (type.dimensions?.count ?? 2) != 2 {
        throw node.invalid("its operands must be matrices, but one is \(type)")
      }
      let left = a.dimensions ?? [.unknown, .unknown]
      let right = b.dimensions ?? [.unknown, .unknown]
      let (rows, depth) = parameters.transA ? (left[1], left[0]) : (left[0], left[1])
      let (rightDepth, columns) = parameters.transB ? (right[1], right[0]) : (right[0], right[1])
      guard depth.mayEqual(rightDepth) else {
        throw node.invalid(
          "its operands \(a) and \(b) do not fit: transA is \(parameters.transA ? 1 : 0), transB "
            + "is \(parameters.transB ? 1 : 0)")
      }
      if let c = try graph.optionalInputType(2, of: node) {
        try node.checkSameElementType(a.elementType, c, "third input")
        let fits = c.dimensions.map { dimensions in
          dimensions.count <= 2
            && zip(dimensions.reversed(), [columns, rows]).allSatisfy {
              $0 == .fixed(1) || $0.mayEqual($1)
            }
        }
        guard fits ?? true else {
          let product = TensorType(a.elementType, [rows, columns])
          throw node.invalid("its third input \(c) does not broadcast to \(product)")
        }
      }
      return [TensorType(a.elementType, [rows, columns])]
    })
}
