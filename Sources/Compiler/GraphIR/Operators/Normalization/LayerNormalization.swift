import Tensors

/// ONNX `LayerNormalization`: `y = (x − mean) / √(variance + epsilon) · scale + bias`, mean and variance
/// over all dimensions from `axis` on, in float32. Inputs: x, scale, bias (optional), which broadcast to
/// the dimensions from `axis` on. From opset 17.
package struct LayerNormalizationParameters: Sendable, Equatable {
  /// The first dimension that is normalised over.
  package var axis: Int
  package var epsilon: Float

  /// - Throws: `unsupported` if the input's rank is not known.
  package init(_ node: Node, in graph: Graph) throws(TesseraError) {
    guard let rank = try graph.inputType(0, of: node).dimensions?.count else {
      throw node.unsupported("the rank of its input is not known")
    }
    axis = try node.normalizedAxis(try node.intAttribute("axis", default: -1), rank: rank)
    epsilon = try node.floatAttribute("epsilon", default: 1e-5)
  }
}

extension Operator {
  static let layerNormalization = Operator(
    "LayerNormalization",
    forms: [
      OperatorForm(
        since: 17, inputs: 2...3, outputs: 1...3, attributes: ["axis", "epsilon", "stash_type"])
    ],
    inferTypes: { (node, graph, _) throws(TesseraError) in
      if let output = [1, 2].lazy.compactMap(node.output).first {
        throw node.unsupported("its output '\(output)' is not supported, only the first is")
      }
      let input = try graph.inputType(0, of: node)
      try node.checkFloatingPoint(input)
      guard let dimensions = input.dimensions else { return [input] }
      let axis = try LayerNormalizationParameters(node, in: graph).axis
      for index in 1...2 {
        guard let type = try graph.optionalInputType(index, of: node) else { continue }
        try node.checkSameElementType(input.elementType, type, index == 1 ? "scale" : "bias")
        let own = type.dimensions ?? []
        guard own.count <= dimensions.count - axis,
          broadcast(own, dimensions)?.count == dimensions.count,
          zip(own.reversed(), dimensions.reversed()).allSatisfy({
            $0 == .fixed(1) || $0.mayEqual($1)
          })
        else {
          throw node.invalid("its input \(index) is \(type), which does not broadcast to \(input)")
        }
      }
      return [input]
    }
  )
  .stating(limits: "no outputs Mean and InvStdDev")
}
