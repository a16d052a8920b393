import Tensors

/// ONNX `Unsqueeze`: inserts dimensions with one element. The axes are an attribute before opset 13
/// and an input from then on.
package struct UnsqueezeParameters: Sendable, Equatable {
  /// The output's dimensions that are new, ascending.
  package var axes: [Int]

  package init(axes: [Int]) {
    self.axes = axes
  }

  /// - Throws: `unsupported` if the axes are not constant or the input's rank is not known.
  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    let type = try graph.inputType(0, of: node)
    guard let rank = type.dimensions?.count else {
      throw node.unsupported("the rank of its input is not known")
    }
    let given: [Int]
    if opsetVersion < 13 {
      given = try node.require(try node.intsAttribute("axes"), attribute: "axes")
    } else {
      guard let axes = try graph.constantIntegers(1, "axes", of: node) else {
        throw node.invalid("input 1 (axes) is missing")
      }
      given = axes
    }
    axes = try node.normalizedAxes(given, rank: rank + given.count)
  }
}

extension Operator {
  static let unsqueeze = reshaping(
    "Unsqueeze",
    forms: [
      OperatorForm(inputs: 1...1, attributes: ["axes"]), OperatorForm(since: 13, inputs: 2...2),
    ]
  ) { (node, graph, opsetVersion) throws(TesseraError) in
    let input = try graph.inputType(0, of: node)
    guard let dimensions = input.dimensions else { return TensorType(input.elementType, nil) }
    if opsetVersion >= 13,
      try graph.integerElements(1, "axes", of: node)?.fixedValues == nil
    {
      return TensorType(input.elementType, nil)
    }
    let axes = try UnsqueezeParameters(node, in: graph, opsetVersion: opsetVersion).axes
    var output = dimensions
    for axis in axes { output.insert(.fixed(1), at: axis) }
    return TensorType(input.elementType, output)
  }
  .stating(.any, limits: "axes are constants")
}
