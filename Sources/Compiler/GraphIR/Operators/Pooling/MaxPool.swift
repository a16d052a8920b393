import Tensors

/// ONNX `MaxPool` on images `[N, C, H, W]`; padding never wins. Its parameters are
/// `PoolParameters`. The output `Indices` is not supported, which makes `storage_order` irrelevant.
extension Operator {
  static let maxPool = Operator(
    "MaxPool",
    forms: [
      OperatorForm(
        inputs: 1...1, attributes: ["auto_pad", "kernel_shape", "pads", "strides"]),
      OperatorForm(
        since: 8, inputs: 1...1, outputs: 1...2,
        attributes: ["auto_pad", "kernel_shape", "pads", "storage_order", "strides"]),
      OperatorForm(
        since: 10, inputs: 1...1, outputs: 1...2,
        attributes: [
          "auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "storage_order", "strides",
        ]),
    ],
    inferTypes: { (node, graph, _) throws(TesseraError) in
      if let indices = node.output(1) {
        throw node.unsupported("its second output '\(indices)' (Indices) is not supported")
      }
      let input = try graph.inputType(0, of: node)
      if input.elementType == .int8 || input.elementType == .uint8 {
        throw node.unsupported("pooling of \(input.elementType.onnxName) images is not supported")
      }
      return [try PoolParameters.outputType(of: node, in: graph)]
    }
  )
  .stating(limits: "2-D images", "no window lies in the padding as a whole", "no output Indices")
}
