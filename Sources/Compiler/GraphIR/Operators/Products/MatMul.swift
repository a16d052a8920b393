import Tensors

/// ONNX `MatMul`, as `numpy.matmul`: matrices in the last two dimensions, the others broadcast; a
/// vector is a row on the left and a column on the right, and its dimension of 1 is dropped.
extension Operator {
  static let matMul = Operator(
    "MatMul", forms: [OperatorForm(inputs: 2...2)],
    inferTypes: { (node, graph, _) throws(TesseraError) in
      let (a, b) = (try graph.inputType(0, of: node), try graph.inputType(1, of: node))
      try node.checkSameElementType(a.elementType, b, "second input")
      guard var left = a.dimensions, var right = b.dimensions else {
        return [TensorType(a.elementType, nil)]
      }
      guard !left.isEmpty, !right.isEmpty else {
        throw node.invalid("its operands \(a) and \(b) must have at least one dimension")
      }
      let (dropsRow, dropsColumn) = (left.count == 1, right.count == 1)
      if dropsRow { left.insert(.fixed(1), at: 0) }
      if dropsColumn { right.append(.fixed(1)) }
      guard left[left.count - 1].mayEqual(right[right.count - 2]),
        let batch = broadcast(Array(left.dropLast(2)), Array(right.dropLast(2)))
      else { throw node.invalid("its operands \(a) and \(b) do not fit") }
      let matrix =
        (dropsRow ? [] : [left[left.count - 2]]) + (dropsColumn ? [] : [right[right.count - 1]])
      return [TensorType(a.elementType, batch + matrix)]
    })
}
