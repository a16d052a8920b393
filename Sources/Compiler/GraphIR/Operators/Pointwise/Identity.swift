import Tensors

/// ONNX `Identity`: its input.
extension Operator {
  static let identity = reshaping("Identity", forms: [OperatorForm(inputs: 1...1)]) {
    (node, graph, _) throws(TesseraError) in
    try graph.inputType(0, of: node)
  }
  .stating(.any)
}
