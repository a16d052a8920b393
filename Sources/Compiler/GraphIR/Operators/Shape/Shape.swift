import Tensors

/// ONNX `Shape`: the extents of its input as an int64 vector; from opset 15 on, those from `start`
/// to before `end`.
package struct ShapeParameters: Sendable, Equatable {
  /// The input's dimensions whose extents are listed.
  package var axes: Range<Int>

  /// - Throws: `unsupported` if the input's rank is not known.
  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    let type = try graph.inputType(0, of: node)
    guard let rank = type.dimensions?.count else {
      throw node.unsupported("the rank of its input is not known")
    }
    func clamped(_ position: Int) -> Int {
      min(max(position < 0 ? position + rank : position, 0), rank)
    }
    let start = clamped(try node.intAttribute("start", default: 0))
    let end = clamped(try node.intAttribute("end", default: rank))
    axes = start..<max(start, end)
  }
}

extension Operator {
  static let shape = Operator(
    "Shape",
    forms: [
      OperatorForm(inputs: 1...1),
      OperatorForm(since: 15, inputs: 1...1, attributes: ["end", "start"]),
    ],
    inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
      guard try graph.inputType(0, of: node).dimensions != nil else {
        return [TensorType(.int64, [.unknown])]
      }
      let axes = try ShapeParameters(node, in: graph, opsetVersion: opsetVersion).axes
      return [TensorType(.int64, [.fixed(axes.count)])]
    },
    inferElements: { (node, graph, opsetVersion) throws(TesseraError) in
      guard let dimensions = try graph.inputType(0, of: node).dimensions else { return nil }
      return Array(
        dimensions[try ShapeParameters(node, in: graph, opsetVersion: opsetVersion).axes])
    },
    evaluate: { (node, inputs, opsetVersion) throws(TesseraError) in
      let graph = Graph(evaluating: node, inputs: inputs)
      let axes = try ShapeParameters(node, in: graph, opsetVersion: opsetVersion).axes
      let extents = try node.constant(inputs, 0).shape.dimensions[axes]
      return [try Tensor(extents.map { Int64($0) }, shape: [extents.count])]
    }
  )
  .stating(.any)
}
