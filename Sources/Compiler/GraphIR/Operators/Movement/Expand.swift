import Tensors

extension Operator {
  /// ONNX `Expand`: the input broadcast together with a shape.
  static let expand = Operator(
    "Expand", forms: [OperatorForm(since: 8, inputs: 2...2)],
    inferTypes: { (node, graph, _) throws(TesseraError) in
      [try expandedType(of: node, in: graph)]
    },
    inferElements: { (node, graph, _) throws(TesseraError) in
      guard let elements = node.input(0).flatMap(graph.elements), elements.count == 1,
        let count = try expandedType(of: node, in: graph).shape?.elementCount,
        count <= Tensor.maxShapeElements
      else { return nil }
      return Array(repeating: elements[0], count: count)
    },
    evaluate: { (node, inputs, _) throws(TesseraError) in
      let graph = Graph(evaluating: node, inputs: inputs)
      guard let extents = try expandedType(of: node, in: graph).dimensions?.fixedValues else {
        throw node.unsupported("its shape is not fixed")
      }
      return [try node.constant(inputs, 0).broadcast(to: extents, for: node)]
    }
  )
  .stating(.any, limits: "shape is known at compile time")

  private static func expandedType(
    of node: Node, in graph: Graph
  ) throws(TesseraError) -> TensorType {
    let input = try graph.inputType(0, of: node)
    guard let dimensions = input.dimensions,
      let target = try graph.integerElements(1, "shape", of: node)
    else { return TensorType(input.elementType, nil) }
    let rank = max(dimensions.count, target.count)
    func padded(_ list: [Dimension]) -> [Dimension] {
      Array(repeating: .fixed(1), count: rank - list.count) + list
    }
    var output: [Dimension] = []
    for (own, asked) in zip(padded(dimensions), padded(target)) {
      switch (own, asked) {
      case (.fixed(1), _): output.append(asked)
      case (_, .fixed(1)): output.append(own)
      default:
        guard own.mayEqual(asked), asked.value.map({ $0 >= 0 }) ?? true else {
          throw node.invalid("its input \(input) does not broadcast to \(asked) elements")
        }
        output.append(own.refined(by: asked))
      }
    }
    if let extent = output.compactMap(\.value).first(where: { $0 < 0 }) {
      throw node.invalid("its shape has the extent \(extent)")
    }
    return TensorType(input.elementType, output)
  }
}
