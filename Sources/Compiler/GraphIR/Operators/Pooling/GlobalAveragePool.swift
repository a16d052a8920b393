import Tensors

/// ONNX `GlobalAveragePool`: images `[N, C, H, W]` to `[N, C, 1, 1]`.
extension Operator {
  static let globalAveragePool = Operator(
    "GlobalAveragePool", forms: [OperatorForm(inputs: 1...1)],
    inferTypes: { (node, graph, _) throws(TesseraError) in
      let (elementType, input) = try graph.imageType(0, of: node)
      return [TensorType(elementType, [input[0], input[1], .fixed(1), .fixed(1)])]
    })
}
