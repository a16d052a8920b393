import Tensors

/// ONNX `Split`: consecutive parts of a tensor along one dimension. Their sizes are an attribute before
/// opset 13 and an input from then on; without them the parts are equal, but for a smaller last one
/// where opset 18's `num_outputs` does not divide the extent.
package struct SplitParameters: Sendable, Equatable {
  package var axis: Int
  /// The extent of each part along the axis.
  package var sizes: [Int]

  package init(axis: Int, sizes: [Int]) {
    self.axis = axis
    self.sizes = sizes
  }

  /// - Throws: `unsupported` if the sizes are not fixed.
  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    let type = try graph.inputType(0, of: node)
    guard let dimensions = type.dimensions else {
      throw node.unsupported("the rank of its input is not known")
    }
    let axis = try node.normalizedAxis(
      try node.intAttribute("axis", default: 0), rank: dimensions.count)
    guard
      let sizes = try Self.sizes(
        of: node, in: graph, extent: dimensions[axis], opsetVersion: opsetVersion)?.fixedValues
    else {
      throw node.unsupported("the sizes of its parts are not fixed")
    }
    self.init(axis: axis, sizes: sizes)
  }

  /// The first element of each part along the axis.
  package var starts: [Int] {
    var start = 0
    return sizes.map { size in
      defer { start += size }
      return start
    }
  }

  /// The extents of the parts, as far as they are known; nil if nothing is.
  fileprivate static func sizes(
    of node: Node, in graph: Graph, extent: Dimension, opsetVersion: Int
  ) throws(TesseraError) -> [Dimension]? {
    let count = node.outputs.count
    let given: [Dimension]?
    if opsetVersion < 13 {
      given = try node.intsAttribute("split")?.map { .fixed($0) }
    } else {
      given = try graph.integerElements(1, "split", of: node)
      if node.input(1) != nil, given == nil { return nil }
    }
    if let given {
      let fixed = given.compactMap(\.value)
      var total = 0
      for size in fixed {
        let (sum, overflow) = total.addingReportingOverflow(size)
        guard size >= 0, !overflow else { throw node.invalid("a part has the extent \(size)") }
        total = sum
      }
      let isComplete = fixed.count == given.count
      guard given.count == count,
        extent.value.map({ isComplete ? total == $0 : total <= $0 }) ?? true
      else {
        throw node.invalid(
          "its parts of \(given.map(\.description).joined(separator: ", ")) are not the "
            + "\(count) outputs that make up the \(extent) elements of the axis")
      }
      return given
    }
    if let asked = try node.intAttribute("num_outputs"), asked != count {
      throw node.invalid("it has \(count) outputs, but num_outputs is \(asked)")
    }
    guard let extent = extent.value else { return count == 1 ? [extent] : nil }
    let size = (extent + count - 1) / count
    let last = extent - size * (count - 1)
    guard last >= 0, last == size || node.attributes["num_outputs"] != nil else {
      throw node.invalid("\(extent) elements do not split into \(count) equal parts")
    }
    return Array(repeating: .fixed(size), count: count - 1) + [.fixed(last)]
  }

  fileprivate static func outputTypes(
    of node: Node, in graph: Graph, opsetVersion: Int
  ) throws(TesseraError) -> [TensorType] {
    let input = try graph.inputType(0, of: node)
    guard var dimensions = input.dimensions else { return node.outputs.map { _ in input } }
    let axis = try node.normalizedAxis(
      try node.intAttribute("axis", default: 0), rank: dimensions.count)
    let sizes = try sizes(
      of: node, in: graph, extent: dimensions[axis], opsetVersion: opsetVersion)
    return node.outputs.indices.map { index in
      dimensions[axis] = sizes?[index] ?? .unknown
      return TensorType(input.elementType, dimensions)
    }
  }
}

extension Operator {
  static let split = Operator(
    "Split",
    forms: [
      OperatorForm(inputs: 1...1, outputs: 1...Int.max, attributes: ["axis", "split"]),
      OperatorForm(since: 13, inputs: 1...2, outputs: 1...Int.max, attributes: ["axis"]),
      OperatorForm(
        since: 18, inputs: 1...2, outputs: 1...Int.max, attributes: ["axis", "num_outputs"]),
    ],
    inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
      try SplitParameters.outputTypes(of: node, in: graph, opsetVersion: opsetVersion)
    },
    evaluate: { (node, inputs, opsetVersion) throws(TesseraError) in
      let graph = Graph(evaluating: node, inputs: inputs)
      let input = try node.constant(inputs, 0)
      let split = try SplitParameters(node, in: graph, opsetVersion: opsetVersion)
      _ = try node.evaluatedShape(input.shape.dimensions, input.elementType, growingFrom: [input])
      let strides = input.shape.strides
      var parts: [Tensor] = []
      for (start, size) in zip(split.starts, split.sizes) {
        let offsets = input.shape.dimensions.enumerated().map { axis, extent in
          (0..<(axis == split.axis ? size : extent)).map {
            ($0 + (axis == split.axis ? start : 0)) * strides[axis]
          }
        }
        parts.append(try input.gathered(offsets, for: node))
      }
      return parts
    }
  )
  .stating(.any, limits: "sizes are constants")
}
