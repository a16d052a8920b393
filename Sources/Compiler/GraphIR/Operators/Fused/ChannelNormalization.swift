import Tensors

/// `tessera.ChannelNormalization`: images `[N, C, H, W]` whose channels are normalised at each pixel:
/// `y = (x − mean) / √(variance + epsilon) · scale + bias`, mean and variance over C.
///
/// Inputs: images, scale `[C]`, optional bias `[C]`.
package struct ChannelNormalizationParameters: Sendable, Equatable {
  package var epsilon: Float

  package init(_ node: Node) throws(TesseraError) {
    epsilon = try node.floatAttribute("epsilon", default: 1e-5)
  }
}

extension Operator {
  static let channelNormalization = Operator(
    "ChannelNormalization", domain: "tessera",
    forms: [OperatorForm(inputs: 2...3, attributes: ["epsilon"])],
    inferTypes: { (node, graph, _) throws(TesseraError) in
      _ = try ChannelNormalizationParameters(node)
      let (elementType, dimensions) = try graph.imageType(0, of: node)
      for index in 1...2 {
        guard let type = try graph.optionalInputType(index, of: node) else { continue }
        let label = index == 1 ? "scale" : "bias"
        try node.checkSameElementType(elementType, type, label)
        try node.checkVector(type, count: dimensions[1], label)
      }
      return [try graph.inputType(0, of: node)]
    })
}
