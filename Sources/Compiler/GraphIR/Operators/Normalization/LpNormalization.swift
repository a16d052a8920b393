import Tensors

/// ONNX `LpNormalization`: x over its norm along an axis, `Σ |x|` for p = 1 and `√Σ x²` for p = 2; 0 where
/// that is 0.
package struct LpNormalizationParameters: Sendable, Equatable {
  package var axis: Int
  /// 1 or 2.
  package var p: Int

  /// - Throws: `unsupported` if the input's rank is not known.
  package init(_ node: Node, in graph: Graph) throws(TesseraError) {
    guard let rank = try graph.inputType(0, of: node).dimensions?.count else {
      throw node.unsupported("the rank of its input is not known")
    }
    axis = try node.normalizedAxis(try node.intAttribute("axis", default: -1), rank: rank)
    p = try node.intAttribute("p", default: 2)
    guard p == 1 || p == 2 else {
      throw node.invalid("the attribute 'p' is \(p), expected 1 or 2")
    }
  }
}

extension Operator {
  static let lpNormalization = Operator(
    "LpNormalization", forms: [OperatorForm(inputs: 1...1, attributes: ["axis", "p"])],
    inferTypes: { (node, graph, _) throws(TesseraError) in
      let input = try graph.inputType(0, of: node)
      try node.checkFloatingPoint(input)
      if input.dimensions != nil { _ = try LpNormalizationParameters(node, in: graph) }
      return [input]
    })
}
