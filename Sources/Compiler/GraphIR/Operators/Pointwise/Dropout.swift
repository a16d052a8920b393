import Tensors

/// ONNX `Dropout` at inference: its input, and a mask of ones where the second output is wanted.
/// The ratio, an attribute before opset 12 and an input from then on, plays no part.
package struct DropoutParameters: Sendable, Equatable {
  /// The element type of the mask: bool from opset 10 on, the input's before.
  package var maskType: ElementType
  /// False while it is not known that the node does not train: `training_mode` is not constant.
  package var isInference = true

  /// - Throws: `unsupported` where the node trains.
  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    let input = try graph.inputType(0, of: node)
    maskType = opsetVersion < 10 ? input.elementType : .bool
    guard let name = node.input(2) else { return }
    let type = try graph.inputType(2, of: node)
    guard type.elementType == .bool else {
      throw node.invalid("the input 'training_mode' must be bool, but '\(name)' is \(type)")
    }
    guard let mode = graph.constants[name] else {
      isInference = false
      return
    }
    if mode.byteCount > 0, mode.withUnsafeBytes({ $0[0] != 0 }) {
      throw node.unsupported("training (training_mode is true) is not supported")
    }
  }
}

extension Operator {
  static let dropout = Operator(
    "Dropout",
    forms: [
      OperatorForm(inputs: 1...1, outputs: 1...2, attributes: ["ratio"]),
      OperatorForm(since: 12, inputs: 1...3, outputs: 1...2, attributes: ["seed"]),
    ],
    inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
      let input = try graph.inputType(0, of: node)
      let parameters = try DropoutParameters(node, in: graph, opsetVersion: opsetVersion)
      return [input, TensorType(parameters.maskType, input.dimensions)]
    },
    evaluate: { (node, inputs, opsetVersion) throws(TesseraError) in
      let graph = Graph(evaluating: node, inputs: inputs)
      let input = try node.constant(inputs, 0)
      let parameters = try DropoutParameters(node, in: graph, opsetVersion: opsetVersion)
      guard node.output(1) != nil else { return [input] }
      let shape = try node.evaluatedShape(
        input.shape.dimensions, parameters.maskType, growingFrom: [input])
      let ones = try Tensor(elementType: .bool, shape: shape) { bytes in
        for index in bytes.indices { bytes[index] = 1 }
      }
      return [input, try ones.cast(to: parameters.maskType)]
    }
  )
  .stating(.any, limits: "inference", "no output mask at run time")
}
