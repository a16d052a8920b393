import Tensors

/// ONNX `ConstantOfShape`: a tensor with the extents that the input lists and one value everywhere.
package struct ConstantOfShapeParameters: Sendable {
  /// The value, a tensor of one element; a float 0 where the attribute is absent.
  package var value: Tensor

  package init(_ node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError) {
    if let given = try node.tensorAttribute("value") {
      value = given
    } else {
      value = try Tensor(elementType: .float32, shape: .vector(1)) { _ in }
    }
    guard value.shape.elementCount == 1 else {
      throw node.invalid(
        "the attribute 'value' must have one element, but is \(TensorType(of: value))")
    }
  }

  /// The output's type, as far as the listed extents are known.
  static func outputType(of node: Node, in graph: Graph, opsetVersion: Int) throws(TesseraError)
    -> TensorType
  {
    let value = try Self(node, in: graph, opsetVersion: opsetVersion).value
    guard let dimensions = try graph.integerElements(0, "input", of: node) else {
      let length = try graph.inputType(0, of: node).dimensions?.first?.value
      let rank = length.flatMap { $0 <= Tensor.maxShapeElements ? $0 : nil }
      return TensorType(
        value.elementType, rank.map { Array(repeating: .unknown, count: $0) })
    }
    if let extent = dimensions.compactMap(\.value).first(where: { $0 < 0 }) {
      throw node.invalid("its input lists the extent \(extent)")
    }
    return TensorType(value.elementType, dimensions)
  }
}

extension Operator {
  static let constantOfShape = Operator(
    "ConstantOfShape",
    forms: [OperatorForm(since: 9, inputs: 1...1, attributes: ["value"])],
    inferTypes: { (node, graph, opsetVersion) throws(TesseraError) in
      [try ConstantOfShapeParameters.outputType(of: node, in: graph, opsetVersion: opsetVersion)]
    },
    inferElements: { (node, graph, opsetVersion) throws(TesseraError) in
      let type = try ConstantOfShapeParameters.outputType(
        of: node, in: graph, opsetVersion: opsetVersion)
      let value = try ConstantOfShapeParameters(node, in: graph, opsetVersion: opsetVersion).value
      guard let element = value.integers?.first, let count = type.shape?.elementCount,
        count <= Tensor.maxShapeElements
      else { return nil }
      return Array(repeating: .fixed(element), count: count)
    },
    evaluate: { (node, inputs, opsetVersion) throws(TesseraError) in
      let graph = Graph(evaluating: node, inputs: inputs)
      let value = try ConstantOfShapeParameters(node, in: graph, opsetVersion: opsetVersion).value
      let type = try ConstantOfShapeParameters.outputType(
        of: node, in: graph, opsetVersion: opsetVersion)
      guard let extents = type.dimensions?.fixedValues else {
        throw node.unsupported("its input lists more extents than are supported")
      }
      let scalar = try node.scalar(value)
      return [try scalar.broadcast(to: extents, for: node)]
    }
  )
  .stating(.any, limits: "shape is known at compile time")
}

extension Node {
  /// A tensor of one element without dimensions.
  fileprivate func scalar(_ tensor: Tensor) throws(TesseraError) -> Tensor {
    guard let scalar = tensor.reshaped(to: .scalar) else {
      throw invalid("\(TensorType(of: tensor)) is no single element")
    }
    return scalar
  }
}
