import Tensors

/// ONNX `LRN` on images `[N, C, H, W]`:
/// `y = x / (bias + alpha / size · Σ x²)^beta`, the sum over the `size` channels around each one.
package struct LRNParameters: Sendable, Equatable {
  /// Channels that a sum spans, its own included.
  package var size: Int
  package var alpha: Float
  package var beta: Float
  package var bias: Float

  package init(size: Int, alpha: Float = 1e-4, beta: Float = 0.75, bias: Float = 1) {
    self.size = size
    self.alpha = alpha
    self.beta = beta
    self.bias = bias
  }

  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    let size = try node.require(try node.intAttribute("size"), attribute: "size")
    guard (1...WindowAttributes.limit).contains(size) else {
      throw node.invalid("the attribute 'size' is \(size), expected 1 to \(WindowAttributes.limit)")
    }
    self.init(
      size: size, alpha: try node.floatAttribute("alpha", default: 1e-4),
      beta: try node.floatAttribute("beta", default: 0.75),
      bias: try node.floatAttribute("bias", default: 1))
  }
}

extension Operator {
  static let lrn = Operator(
    "LRN",
    forms: [OperatorForm(inputs: 1...1, attributes: ["alpha", "beta", "bias", "size"])],
    inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
      _ = try LRNParameters(node, in: graph, opsetVersion: opsetVersion)
      let (elementType, input) = try graph.imageType(0, of: node)
      return [TensorType(elementType, input)]
    }
  )
  .stating(limits: "2-D images")
}
