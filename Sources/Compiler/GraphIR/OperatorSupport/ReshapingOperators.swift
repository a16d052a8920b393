import Tensors

extension Operator {
  /// An operator that gives its first input's elements another shape.
  static func reshaping(
    _ name: String, forms: [OperatorForm],
    outputType:
      @escaping @Sendable (_ node: Node, _ graph: Graph, _ opsetVersion: Int)
      throws(TesseraError) -> TensorType
  ) -> Operator {
    Operator(
      name, forms: forms,
      inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
        [try outputType(node, graph, opsetVersion)]
      },
      inferElements: { (node, graph, _) throws(TesseraError) in
        node.input(0).flatMap(graph.elements)
      },
      evaluate: { (node, inputs, opsetVersion) throws(TesseraError) in
        let graph = Graph(evaluating: node, inputs: inputs)
        let input = try node.constant(inputs, 0)
        let type = try outputType(node, graph, opsetVersion)
        guard let shape = type.shape, let result = input.reshaped(to: shape) else {
          throw node.invalid("its input \(TensorType(of: input)) does not fit into \(type)")
        }
        return [result]
      })
  }
}

extension Collection<Dimension> {
  /// The product of the extents, as far as it is known: a single symbol survives among ones.
  package var product: Dimension {
    var count = 1
    var symbol: Dimension?
    var symbolCount = 0
    for dimension in self {
      switch dimension {
      case .fixed(let extent):
        let (product, overflow) = count.multipliedReportingOverflow(by: extent)
        if overflow { return .unknown }
        count = product
      case .symbol, .unknown:
        symbol = dimension
        symbolCount += 1
      }
    }
    if count == 0 { return .fixed(0) }
    guard let symbol else { return .fixed(count) }
    return symbolCount == 1 && count == 1 ? symbol : .unknown
  }
}
