import Tensors

/// ONNX `Constant`: a tensor, given whole or, from opset 12 on, as an int, a float or a list.
package struct ConstantParameters: Sendable {
  package var value: Tensor

  package init(value: Tensor) {
    self.value = value
  }

  /// - Throws: `unsupported` for sparse tensors and strings.
  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    guard let name = node.attributes.keys.sorted().first, node.attributes.count == 1 else {
      throw node.invalid("it has \(node.attributes.count) attributes, expected one value")
    }
    switch (name, node.attributes[name]) {
    case ("value", .tensor(let tensor)): value = tensor
    case ("value_int", .int(let element)): value = try Tensor([element], shape: [])
    case ("value_float", .float(let element)): value = try Tensor([element], shape: [])
    case ("value_ints", _):
      let elements = try node.intsAttribute(name) ?? []
      value = try Tensor(elements.map { Int64($0) }, shape: [elements.count])
    case ("value_floats", .floats(let elements)):
      value = try Tensor(elements, shape: [elements.count])
    case ("value_floats", .ints(let elements)) where elements.isEmpty:
      value = try Tensor([Float](), shape: [0])
    case ("value_string", _), ("value_strings", _), ("sparse_value", _):
      throw node.unsupported("its attribute '\(name)' is not supported")
    case (_, let attribute):
      throw node.invalid(
        "the attribute '\(name)' is \(attribute?.kindDescription ?? "missing"), which does not fit")
    }
  }
}

extension Operator {
  static let constant = Operator(
    "Constant",
    forms: [
      OperatorForm(inputs: 0...0, attributes: ["value"]),
      OperatorForm(since: 11, inputs: 0...0, attributes: ["sparse_value", "value"]),
      OperatorForm(
        since: 12, inputs: 0...0,
        attributes: [
          "sparse_value", "value", "value_float", "value_floats", "value_int", "value_ints",
          "value_string", "value_strings",
        ]),
    ],
    inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
      let constant = try ConstantParameters(node, in: graph, opsetVersion: opsetVersion)
      return [TensorType(of: constant.value)]
    },
    inferElements: { (node, graph, opsetVersion) throws(TesseraError) in
      try ConstantParameters(node, in: graph, opsetVersion: opsetVersion).value.integers?.map(
        Dimension.fixed)
    },
    evaluate: { (node, inputs, opsetVersion) throws(TesseraError) in
      let graph = Graph(evaluating: node, inputs: inputs)
      return [try ConstantParameters(node, in: graph, opsetVersion: opsetVersion).value]
    }
  )
  .stating(.any, limits: "no sparse_value, value_string and value_strings")
}
