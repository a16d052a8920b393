import Tensors

/// `tessera.MaxPoolGradient`: of images x, their pooling y = `MaxPool` (x) and the gradient dy of that, the gradient
/// of x. Each element of dy goes to the first element of its window, row by row, that equals the maximum; of a
/// maximum NaN to the first NaN. What overlapping windows give is added in the order of the windows, row by row.
/// Attributes as those of the `MaxPool` (`PoolParameters`).
extension Operator {
  static let maxPoolGradient = Operator(
    "MaxPoolGradient", domain: "tessera",
    forms: [
      OperatorForm(
        inputs: 3...3,
        attributes: [
          "auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "storage_order", "strides",
        ])
    ],
    inferTypes: { (node, graph, _) throws(TesseraError) in
      let pooled = try PoolParameters.outputType(of: node, in: graph)
      for index in 1...2 {
        let type = try graph.inputType(index, of: node)
        try node.checkSameElementType(pooled.elementType, type, "input \(index)")
        guard let own = type.dimensions, let dimensions = pooled.dimensions else { continue }
        guard own.count == dimensions.count,
          zip(own, dimensions).allSatisfy({ $0.mayEqual($1) })
        else { throw node.invalid("its input \(type) is not the pooled \(pooled)") }
      }
      return [try graph.inputType(0, of: node)]
    })
}
