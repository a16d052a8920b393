import Tensors

/// ONNX `Cast`: each element converted to another type. `saturate` and `round_mode` concern 8-bit
/// floating-point types alone, which are not supported.
package struct CastParameters: Sendable, Equatable {
  package var to: ElementType

  package init(to: ElementType) {
    self.to = to
  }

  /// - Throws: `unsupported` for strings, complex numbers and floating-point types below 16 bits.
  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    let code = try node.require(try node.intAttribute("to"), attribute: "to")
    guard let elementType = ElementType(onnxCode: code) else {
      throw node.unsupported("the element type with the ONNX number \(code) is not supported")
    }
    to = elementType
  }
}

extension Operator {
  static let cast = Operator(
    "Cast",
    forms: [
      OperatorForm(inputs: 1...1, attributes: ["to"]),
      OperatorForm(since: 19, inputs: 1...1, attributes: ["saturate", "to"]),
      OperatorForm(since: 24, inputs: 1...1, attributes: ["round_mode", "saturate", "to"]),
    ],
    inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
      let input = try graph.inputType(0, of: node)
      let target = try CastParameters(node, in: graph, opsetVersion: opsetVersion).to
      return [TensorType(target, input.dimensions)]
    },
    inferElements: { (node, graph, opsetVersion) throws(TesseraError) in
      let target = try CastParameters(node, in: graph, opsetVersion: opsetVersion).to
      guard let elements = node.input(0).flatMap(graph.elements) else { return nil }
      switch target {
      case .int64: return elements
      case .int32:
        return elements.allSatisfy { $0.value.map { Int32(exactly: $0) != nil } ?? true }
          ? elements : nil
      default: return nil
      }
    },
    evaluate: { (node, inputs, opsetVersion) throws(TesseraError) in
      let graph = Graph(evaluating: node, inputs: inputs)
      let input = try node.constant(inputs, 0)
      let target = try CastParameters(node, in: graph, opsetVersion: opsetVersion).to
      _ = try node.evaluatedShape(input.shape.dimensions, target, growingFrom: [input, input])
      return [try input.cast(to: target)]
    }
  )
  .stating(.any, limits: "no string, complex, 8-bit floating-point and 4-bit types")
}
