import Tensors

/// ONNX `GlobalAveragePool`: the mean of each plane of images.
extension Operator {
  static let globalAveragePool = globalPool("GlobalAveragePool")
    .stating(limits: "2-D images")

  /// An operator that makes one element of each plane: images `[N, C, H, W]` to `[N, C, 1, 1]`.
  static func globalPool(_ name: String) -> Operator {
    Operator(
      name, forms: [OperatorForm(inputs: 1...1)],
      inferTypes: { (node, graph, _) throws(TesseraError) in
        let (elementType, input) = try graph.imageType(0, of: node)
        return [TensorType(elementType, [input[0], input[1], .fixed(1), .fixed(1)])]
      })
  }
}
