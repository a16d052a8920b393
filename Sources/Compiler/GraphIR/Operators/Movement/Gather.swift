import Tensors

/// ONNX `Gather`: the slices of the first input along `axis` that the second input's elements
/// number; negative ones count from the back.
package struct GatherParameters: Sendable, Equatable {
  package var axis: Int

  package init(axis: Int) {
    self.axis = axis
  }

  /// - Throws: `unsupported` if the input's rank is not known.
  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    guard let rank = try graph.inputType(0, of: node).dimensions?.count else {
      throw node.unsupported("the rank of its input is not known")
    }
    axis = try node.normalizedAxis(try node.intAttribute("axis", default: 0), rank: rank)
  }
}

extension Operator {
  static let gather = Operator(
    "Gather", forms: [OperatorForm(inputs: 2...2, attributes: ["axis"])],
    inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
      let input = try graph.inputType(0, of: node)
      let indices = try graph.inputType(1, of: node)
      guard indices.elementType == .int64 || indices.elementType == .int32 else {
        throw node.invalid("its indices must be int32 or int64, but are \(indices)")
      }
      guard let dimensions = input.dimensions else { return [TensorType(input.elementType, nil)] }
      let axis = try GatherParameters(node, in: graph, opsetVersion: opsetVersion).axis
      if let extent = dimensions[axis].value, let name = node.input(1),
        let elements = graph.elements(of: name)
      {
        for index in elements.compactMap(\.value) where index < -extent || index >= extent {
          throw node.invalid("its index \(index) lies outside the \(extent) of dimension \(axis)")
        }
      }
      guard let inserted = indices.dimensions else { return [TensorType(input.elementType, nil)] }
      return [
        TensorType(input.elementType, dimensions[..<axis] + inserted + dimensions[(axis + 1)...])
      ]
    },
    inferElements: { (node, graph, _) throws(TesseraError) in
      guard let elements = node.input(0).flatMap(graph.elements),
        let indices = node.input(1).flatMap(graph.elements)
      else { return nil }
      return indices.map { index in
        guard let index = index.value else { return .unknown }
        let position = index < 0 ? index + elements.count : index
        return elements.indices.contains(position) ? elements[position] : .unknown
      }
    },
    evaluate: { (node, inputs, opsetVersion) throws(TesseraError) in
      let graph = Graph(evaluating: node, inputs: inputs)
      let input = try node.constant(inputs, 0)
      let indices = try node.constant(inputs, 1)
      let axis = try GatherParameters(node, in: graph, opsetVersion: opsetVersion).axis
      let dimensions = input.shape.dimensions
      let output = dimensions[..<axis] + indices.shape.dimensions + dimensions[(axis + 1)...]
      let shape = try node.evaluatedShape(
        Array(output), input.elementType, growingFrom: [input, indices])
      _ = try node.evaluatedShape(dimensions, input.elementType, growingFrom: [input])

      var positions: [Int] = indices.values(as: Int64.self).map { $0.map { Int($0) } } ?? []
      if let narrow = indices.values(as: Int32.self) { positions = narrow.map { Int($0) } }
      let extent = dimensions[axis]
      for (place, index) in positions.enumerated() {
        guard index >= -extent, index < extent else {
          throw node.invalid("its index \(index) lies outside the \(extent) of dimension \(axis)")
        }
        positions[place] = index < 0 ? index + extent : index
      }

      let strides = input.shape.strides
      var offsets = dimensions.indices.map { axis in
        (0..<dimensions[axis]).map { $0 * strides[axis] }
      }
      offsets[axis] = positions.map { $0 * strides[axis] }
      guard let result = try input.gathered(offsets, for: node).reshaped(to: shape) else {
        throw node.invalid("its indices must be int32 or int64")
      }
      return [result]
    }
  )
  .stating(.any, limits: "indices are constants")
}
