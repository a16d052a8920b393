import Tensors

/// ONNX `AveragePool` on images `[N, C, H, W]`. Its parameters are `PoolParameters`.
extension Operator {
  static let averagePool = Operator(
    "AveragePool",
    forms: [
      OperatorForm(
        inputs: 1...1,
        attributes: ["auto_pad", "count_include_pad", "kernel_shape", "pads", "strides"]),
      OperatorForm(
        since: 10, inputs: 1...1,
        attributes: [
          "auto_pad", "ceil_mode", "count_include_pad", "kernel_shape", "pads", "strides",
        ]),
      OperatorForm(
        since: 19, inputs: 1...1,
        attributes: [
          "auto_pad", "ceil_mode", "count_include_pad", "dilations", "kernel_shape", "pads",
          "strides",
        ]),
    ],
    inferTypes: { (node, graph, _) throws(TesseraError) in
      [try PoolParameters.outputType(of: node, in: graph)]
    }
  )
  .stating(limits: "2-D images", "no window lies in the padding as a whole")
}
