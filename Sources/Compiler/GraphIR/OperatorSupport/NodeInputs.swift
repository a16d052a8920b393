import Tensors

extension Node {
  /// The name of input `index`; nil if it is absent.
  package func input(_ index: Int) -> String? {
    guard inputs.indices.contains(index), !inputs[index].isEmpty else { return nil }
    return inputs[index]
  }

  /// The name of output `index`; nil if nothing asks for it.
  package func output(_ index: Int) -> String? {
    guard outputs.indices.contains(index), !outputs[index].isEmpty else { return nil }
    return outputs[index]
  }
}

extension Graph {
  /// The type of an input that the operator must have.
  package func inputType(_ index: Int, of node: Node) throws(TesseraError) -> TensorType {
    guard let name = node.input(index) else { throw node.invalid("input \(index) is missing") }
    guard let type = type(of: name) else {
      throw node.invalid("nothing is known about its input '\(name)'")
    }
    return type
  }

  /// The type of an input that the operator may have; nil if it is absent.
  package func optionalInputType(_ index: Int, of node: Node) throws(TesseraError) -> TensorType? {
    node.input(index) == nil ? nil : try inputType(index, of: node)
  }

  /// The elements of an integer scalar or vector that steers the operator (`axes`, `shape`, …), as
  /// far as they are known; nil if the input is absent or nothing is known about its elements.
  ///
  /// - Throws: `invalidInput` if the input is no int32 or int64 tensor of rank 0 or 1.
  package func integerElements(_ index: Int, _ label: String, of node: Node)
    throws(TesseraError) -> [Dimension]?
  {
    guard let name = node.input(index) else { return nil }
    let type = try inputType(index, of: node)
    guard type.elementType == .int64 || type.elementType == .int32,
      (type.dimensions?.count ?? 1) <= 1
    else {
      throw node.invalid(
        "the input '\(label)' must be an integer vector, but '\(name)' is \(type)")
    }
    return elements(of: name)
  }

  /// As `integerElements`, for callers that need all of the elements.
  ///
  /// - Throws: `unsupported` if the input is there but not constant.
  package func constantIntegers(_ index: Int, _ label: String, of node: Node)
    throws(TesseraError) -> [Int]?
  {
    guard let name = node.input(index) else { return nil }
    guard let elements = try integerElements(index, label, of: node),
      let integers = elements.fixedValues
    else {
      throw node.unsupported(
        "the input '\(label)' ('\(name)') is computed at run time; only constants are supported")
    }
    return integers
  }

  /// A constant input that the operator may have; nil if it is absent.
  ///
  /// - Throws: `unsupported` if the input is there but not constant.
  package func constantInput(_ index: Int, _ label: String, of node: Node)
    throws(TesseraError) -> Tensor?
  {
    guard let name = node.input(index) else { return nil }
    guard let tensor = constants[name] else {
      throw node.unsupported(
        "the input '\(label)' ('\(name)') is computed at run time; only constants are supported")
    }
    return tensor
  }

  /// Holds a node's constant inputs under their names, so that evaluation reads its parameters as
  /// inference does.
  package init(evaluating node: Node, inputs tensors: [Tensor?]) {
    self.init(name: "")
    for (name, tensor) in zip(node.inputs, tensors) where !name.isEmpty {
      constants[name] = tensor
    }
  }
}
