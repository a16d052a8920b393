import Tensors

/// ONNX `Flatten`: a matrix of the extents before `axis` by those from it on.
package struct FlattenParameters: Sendable, Equatable {
  /// The first dimension of the matrix's columns, in 0...rank.
  package var axis: Int

  package init(axis: Int) {
    self.axis = axis
  }

  /// - Throws: `unsupported` if the input's rank is not known.
  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    let type = try graph.inputType(0, of: node)
    guard let rank = type.dimensions?.count else {
      throw node.unsupported("the rank of its input is not known")
    }
    let axis = try node.intAttribute("axis", default: 1)
    self.axis = try node.normalizedAxis(axis, rank: rank, allowsEnd: true)
  }
}

extension Operator {
  static let flatten = reshaping(
    "Flatten", forms: [OperatorForm(inputs: 1...1, attributes: ["axis"])]
  ) { (node, graph, opsetVersion) throws(TesseraError) in
    let input = try graph.inputType(0, of: node)
    guard let dimensions = input.dimensions else {
      return TensorType(input.elementType, [.unknown, .unknown])
    }
    let axis = try FlattenParameters(node, in: graph, opsetVersion: opsetVersion).axis
    return TensorType(
      input.elementType, [dimensions[..<axis].product, dimensions[axis...].product])
  }
  .stating(.any)
}
