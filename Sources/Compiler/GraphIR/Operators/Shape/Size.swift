import Tensors

extension Operator {
  /// ONNX `Size`: the number of elements of its input, an int64.
  static let size = Operator(
    "Size", forms: [OperatorForm(inputs: 1...1)],
    inferTypes: { (_, _, _) throws(TesseraError) in [TensorType(.int64, [])] },
    inferElements: { (node, graph, _) throws(TesseraError) in
      try graph.inputType(0, of: node).dimensions.map { [$0.product] }
    },
    evaluate: { (node, inputs, _) throws(TesseraError) in
      [try Tensor([Int64(try node.constant(inputs, 0).shape.elementCount)], shape: [])]
    }
  )
  .stating(.any)
}
