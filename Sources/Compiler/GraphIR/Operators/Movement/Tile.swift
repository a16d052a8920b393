import Tensors

extension Operator {
  /// ONNX `Tile`: the input, repeated along each dimension.
  static let tile = Operator(
    "Tile", forms: [OperatorForm(inputs: 2...2)],
    inferTypes: { (node, graph, _) throws(TesseraError) in
      [try tiledType(of: node, in: graph)]
    },
    evaluate: { (node, inputs, _) throws(TesseraError) in
      let graph = Graph(evaluating: node, inputs: inputs)
      let input = try node.constant(inputs, 0)
      guard let extents = try tiledType(of: node, in: graph).dimensions?.fixedValues else {
        throw node.unsupported("its repeats are not fixed")
      }
      _ = try node.evaluatedShape(extents, input.elementType, growingFrom: [input])
      let strides = input.shape.strides
      let offsets = extents.enumerated().map { axis, extent in
        (0..<extent).map { $0 % input.shape[axis] * strides[axis] }
      }
      return [try input.gathered(offsets, for: node)]
    }
  )
  .stating(.any, limits: "repeats are constants")

  private static func tiledType(
    of node: Node, in graph: Graph
  ) throws(TesseraError) -> TensorType {
    let input = try graph.inputType(0, of: node)
    guard let dimensions = input.dimensions else { return input }
    guard let repeats = try graph.integerElements(1, "repeats", of: node) else {
      return TensorType(input.elementType, dimensions.map { _ in .unknown })
    }
    guard repeats.count == dimensions.count,
      repeats.allSatisfy({ $0.value.map { $0 >= 0 } ?? true })
    else {
      throw node.invalid("its repeats are not one number of at least 0 a dimension of \(input)")
    }
    return TensorType(
      input.elementType,
      zip(dimensions, repeats).map { ArithmeticOperation.multiply.apply($0, $1) })
  }
}
