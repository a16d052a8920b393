import Tensors

/// ONNX `BatchNormalization` at inference: `y = (x − mean) / √(variance + epsilon) · scale + bias`
/// for each channel. Inputs: x `[N, C, …]`, then scale, bias, mean and variance, all `[C]`.
package struct BatchNormalizationParameters: Sendable, Equatable {
  package var epsilon: Float

  package init(epsilon: Float = 1e-5) {
    self.epsilon = epsilon
  }

  /// - Throws: `unsupported` for training and for statistics that are not one value a channel.
  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    if let output = (1..<max(node.outputs.count, 1)).lazy.compactMap(node.output).first {
      throw node.unsupported("its output '\(output)' exists only in training; it is not supported")
    }
    if try node.flagAttribute("training_mode") {
      throw node.unsupported("training (training_mode = 1) is not supported")
    }
    if try !node.flagAttribute("spatial", default: true) {
      throw node.unsupported("statistics of each element (spatial = 0) are not supported")
    }
    epsilon = try node.floatAttribute("epsilon", default: 1e-5)
  }
}

extension Operator {
  static let batchNormalization = Operator(
    "BatchNormalization",
    forms: [
      OperatorForm(
        inputs: 5...5, outputs: 1...5, attributes: ["epsilon", "momentum", "spatial"]),
      OperatorForm(
        since: 9, inputs: 5...5, outputs: 1...5, attributes: ["epsilon", "momentum"]),
      OperatorForm(
        since: 14, inputs: 5...5, outputs: 1...3,
        attributes: ["epsilon", "momentum", "training_mode"]),
    ],
    inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
      _ = try BatchNormalizationParameters(node, in: graph, opsetVersion: opsetVersion)
      let input = try graph.inputType(0, of: node)
      try node.checkFloatingPoint(input)
      guard (input.dimensions?.count ?? 2) >= 2 else {
        throw node.invalid("its input must have at least 2 dimensions, but is \(input)")
      }
      for (index, label) in ["scale", "bias", "mean", "variance"].enumerated() {
        let type = try graph.inputType(index + 1, of: node)
        guard type.elementType.isFloatingPoint else {
          throw node.invalid("its \(label) must hold floating-point elements, but is \(type)")
        }
        try node.checkVector(type, count: input.dimensions?[1] ?? .unknown, label)
      }
      return [input]
    }
  )
  .stating(limits: "inference", "spatial = 1", "all inputs but the first are constants")
}
