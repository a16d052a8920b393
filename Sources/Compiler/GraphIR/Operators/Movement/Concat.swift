import Tensors

/// ONNX `Concat`: joins tensors that differ at most in the extent of one dimension.
package struct ConcatParameters: Sendable, Equatable {
  /// The dimension along which the inputs follow each other.
  package var axis: Int

  package init(axis: Int) {
    self.axis = axis
  }

  /// - Throws: `unsupported` if no input's rank is known.
  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    let axis = try node.require(try node.intAttribute("axis"), attribute: "axis")
    var rank: Int?
    for index in node.inputs.indices where rank == nil {
      rank = try graph.inputType(index, of: node).dimensions?.count
    }
    guard let rank else { throw node.unsupported("the rank of its inputs is not known") }
    self.axis = try node.normalizedAxis(axis, rank: rank)
  }

  /// The output's type, as far as the inputs' extents are known.
  static func outputType(of node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError)
    -> TensorType
  {
    var types: [TensorType] = []
    for index in node.inputs.indices { types.append(try graph.inputType(index, of: node)) }
    guard let first = types.first else { throw node.invalid("it has no inputs") }
    for type in types { try node.checkSameElementType(first.elementType, type, "other input") }
    let known = types.compactMap(\.dimensions)
    guard var output = known.first else { return first }
    let axis = try ConcatParameters(node, in: graph, opsetVersion: opsetVersion).axis
    for dimensions in known.dropFirst() {
      let fits =
        dimensions.count == output.count
        && output.indices.allSatisfy { $0 == axis || output[$0].mayEqual(dimensions[$0]) }
      guard fits else {
        let list = types.map(\.description).joined(separator: ", ")
        throw node.invalid("its inputs \(list) do not fit along dimension \(axis)")
      }
      for index in output.indices where index != axis {
        output[index] = output[index].refined(by: dimensions[index])
      }
    }
    output[axis] =
      known.count == types.count
      ? known.dropFirst().reduce(known[0][axis]) { ArithmeticOperation.add.apply($0, $1[axis]) }
      : .unknown
    return TensorType(first.elementType, output)
  }
}

extension Operator {
  static let concat = Operator(
    "Concat", forms: [OperatorForm(inputs: 1...Int.max, attributes: ["axis"])],
    inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
      [try ConcatParameters.outputType(of: node, in: graph, opsetVersion: opsetVersion)]
    },
    inferElements: { (node, graph, _) throws(TesseraError) in
      var elements: [Dimension] = []
      for name in node.inputs {
        guard let part = graph.elements(of: name) else { return nil }
        elements += part
        if elements.count > Tensor.maxShapeElements { return nil }
      }
      return elements
    },
    evaluate: { (node, inputs, opsetVersion) throws(TesseraError) in
      let graph = Graph(evaluating: node, inputs: inputs)
      let parts = inputs.compactMap { $0 }
      let type = try ConcatParameters.outputType(of: node, in: graph, opsetVersion: opsetVersion)
      let axis = try ConcatParameters(node, in: graph, opsetVersion: opsetVersion).axis
      guard parts.count == node.inputs.count, let dimensions = type.shape?.dimensions else {
        throw node.invalid("an input is missing")
      }
      let shape = try node.evaluatedShape(dimensions, type.elementType, growingFrom: parts)
      // Each part contributes one run of contiguous bytes to each index of the outer dimensions.
      let outerCount = dimensions[..<axis].reduce(1, *)
      return [
        try Tensor(elementType: type.elementType, shape: shape) { output in
          var cursor = 0
          for outer in 0..<(shape.elementCount == 0 ? 0 : outerCount) {
            for part in parts {
              let run = part.byteCount / outerCount
              part.withUnsafeBytes { input in
                UnsafeMutableRawBufferPointer(rebasing: output[cursor..<cursor + run])
                  .copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: input[outer * run..<(outer + 1) * run]))
              }
              cursor += run
            }
          }
        }
      ]
    }
  )
  .stating(.any)
}
