import Tensors

/// ONNX `Softmax` and `LogSoftmax`: `exp(x) / Σ exp(x)` and its logarithm, the sum along one axis.
/// Before opset 13 the sum runs over all dimensions from the axis on.
package struct SoftmaxParameters: Sendable, Equatable {
  /// The dimension of the sum, or the first of those, counted from the front.
  package var axis: Int
  /// The input counts as a matrix whose rows hold all dimensions from `axis` on.
  package var coercesTo2D: Bool

  package init(axis: Int, coercesTo2D: Bool) {
    self.axis = axis
    self.coercesTo2D = coercesTo2D
  }

  /// - Throws: `unsupported` if the input's rank is not known.
  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    guard let rank = try graph.inputType(0, of: node).dimensions?.count else {
      throw node.unsupported("the rank of its input is not known")
    }
    coercesTo2D = opsetVersion < 13
    let axis = try node.intAttribute("axis", default: coercesTo2D ? 1 : -1)
    // A vector is a matrix of one row each, or of one column, by the older definition.
    self.axis = try node.normalizedAxis(axis, rank: rank, allowsEnd: coercesTo2D)
  }

  /// Sums that are independent and far apart (`outer`), elements of each sum (`axis`), and sums
  /// whose elements interleave (`inner`), for an input of `shape`.
  package func extents(of shape: Shape) -> (outer: Int, axis: Int, inner: Int) {
    let dimensions = shape.dimensions
    let outer = dimensions.prefix(axis).reduce(1, *)
    guard !coercesTo2D else { return (outer, dimensions.dropFirst(axis).reduce(1, *), 1) }
    return (
      outer, dimensions.dropFirst(axis).first ?? 1, dimensions.dropFirst(axis + 1).reduce(1, *)
    )
  }
}

extension Operator {
  static let softmax = normalizedExponential("Softmax")

  /// `Softmax` or `LogSoftmax`.
  static func normalizedExponential(_ name: String) -> Operator {
    Operator(
      name, forms: [OperatorForm(inputs: 1...1, attributes: ["axis"])],
      inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
        let input = try graph.inputType(0, of: node)
        try node.checkFloatingPoint(input)
        if input.dimensions != nil {
          _ = try SoftmaxParameters(node, in: graph, opsetVersion: opsetVersion)
        }
        return [input]
      })
  }
}
