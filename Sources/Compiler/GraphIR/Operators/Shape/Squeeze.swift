import Tensors

/// ONNX `Squeeze`: drops dimensions with one element. The axes are an attribute before opset 13 and
/// an input from then on; without them, all extents of 1 go.
package struct SqueezeParameters: Sendable, Equatable {
  /// The input's dimensions that go, ascending.
  package var axes: [Int]

  package init(axes: [Int]) {
    self.axes = axes
  }

  /// - Throws: `unsupported` if the axes depend on extents that are not fixed.
  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    let type = try graph.inputType(0, of: node)
    guard let dimensions = type.dimensions else {
      throw node.unsupported("the rank of its input is not known")
    }
    if let given = try opsetVersion < 13
      ? node.intsAttribute("axes") : graph.constantIntegers(1, "axes", of: node)
    {
      axes = try node.normalizedAxes(given, rank: dimensions.count)
      for axis in axes where !dimensions[axis].mayEqual(.fixed(1)) {
        throw node.invalid("it drops dimension \(axis) of \(type), which has not 1 element")
      }
    } else {
      guard let extents = dimensions.fixedValues else {
        throw node.unsupported("which extents of its input \(type) are 1 is not known")
      }
      axes = extents.indices.filter { extents[$0] == 1 }
    }
  }
}

extension Operator {
  static let squeeze = reshaping(
    "Squeeze",
    forms: [
      OperatorForm(inputs: 1...1, attributes: ["axes"]), OperatorForm(since: 13, inputs: 1...2),
    ]
  ) { (node, graph, opsetVersion) throws(TesseraError) in
    let input = try graph.inputType(0, of: node)
    guard let dimensions = input.dimensions else { return TensorType(input.elementType, nil) }
    let isGiven = node.attributes["axes"] != nil || node.input(1) != nil
    if !isGiven, dimensions.fixedValues == nil { return TensorType(input.elementType, nil) }
    if opsetVersion >= 13, isGiven,
      try graph.integerElements(1, "axes", of: node)?.fixedValues == nil
    {
      let count = try graph.inputType(1, of: node).dimensions?.first?.value
      return TensorType(
        input.elementType,
        count.map { Array(repeating: .unknown, count: max(dimensions.count - $0, 0)) })
    }
    let axes = try SqueezeParameters(node, in: graph, opsetVersion: opsetVersion).axes
    return TensorType(
      input.elementType, dimensions.indices.filter { !axes.contains($0) }.map { dimensions[$0] })
  }
  .stating(.any, limits: "axes are constants")
}
