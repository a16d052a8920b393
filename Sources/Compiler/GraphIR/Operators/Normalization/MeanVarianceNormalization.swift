import Tensors

/// ONNX `MeanVarianceNormalization`: `(x − mean) / (√variance + 10⁻⁹)`, mean and variance over some axes.
/// From opset 9.
package struct MeanVarianceNormalizationParameters: Sendable, Equatable {
  /// The dimensions that are normalised over, ascending.
  package var axes: [Int]

  /// - Throws: `unsupported` if the input's rank is not known.
  package init(_ node: Node, in graph: Graph) throws(TesseraError) {
    guard let rank = try graph.inputType(0, of: node).dimensions?.count else {
      throw node.unsupported("the rank of its input is not known")
    }
    axes = try node.normalizedAxes(try node.intsAttribute("axes") ?? [0, 2, 3], rank: rank)
  }
}

extension Operator {
  static let meanVarianceNormalization = Operator(
    "MeanVarianceNormalization",
    forms: [OperatorForm(since: 9, inputs: 1...1, attributes: ["axes"])],
    inferTypes: { (node, graph, _) throws(TesseraError) in
      let input = try graph.inputType(0, of: node)
      try node.checkFloatingPoint(input)
      if input.dimensions != nil { _ = try MeanVarianceNormalizationParameters(node, in: graph) }
      return [input]
    })
}
