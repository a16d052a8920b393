import Tensors

/// ONNX `Transpose`: dimension `i` of the output is dimension `permutation[i]` of the input.
package struct TransposeParameters: Sendable, Equatable {
  package var permutation: [Int]

  package init(permutation: [Int]) {
    self.permutation = permutation
  }

  /// - Throws: `unsupported` if neither `perm` is given nor the input's rank known.
  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    let type = try graph.inputType(0, of: node)
    let given = try node.intsAttribute("perm")
    guard let rank = type.dimensions?.count ?? given?.count else {
      throw node.unsupported("the rank of its input is not known")
    }
    permutation = given ?? Array((0..<rank).reversed())
    guard permutation.sorted() == Array(0..<rank) else {
      throw node.invalid(
        "the attribute 'perm' is \(listDescription(permutation)), which is no permutation of the "
          + "\(rank) dimensions of \(type)")
    }
  }
}

extension Operator {
  static let transpose = Operator(
    "Transpose", forms: [OperatorForm(inputs: 1...1, attributes: ["perm"])],
    inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
      let input = try graph.inputType(0, of: node)
      if input.dimensions == nil, node.attributes["perm"] == nil { return [input] }
      let parameters = try TransposeParameters(node, in: graph, opsetVersion: opsetVersion)
      return [
        TensorType(
          input.elementType, parameters.permutation.map { input.dimensions?[$0] ?? .unknown })
      ]
    },
    inferElements: { (node, graph, _) throws(TesseraError) in
      node.input(0).flatMap(graph.elements)
    },
    evaluate: { (node, inputs, opsetVersion) throws(TesseraError) in
      let graph = Graph(evaluating: node, inputs: inputs)
      let input = try node.constant(inputs, 0)
      let parameters = try TransposeParameters(node, in: graph, opsetVersion: opsetVersion)
      _ = try node.evaluatedShape(input.shape.dimensions, input.elementType, growingFrom: [input])
      let strides = input.shape.strides
      let offsets = parameters.permutation.map { axis in
        (0..<input.shape[axis]).map { $0 * strides[axis] }
      }
      return [try input.gathered(offsets, for: node)]
    }
  )
  .stating(.any)
}
