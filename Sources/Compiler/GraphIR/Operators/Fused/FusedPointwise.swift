import PointwisePrograms
import Tensors

/// `tessera.Pointwise`: element-wise operators in one, as a pointwise program.
///
/// Inputs: floating-point operands of one type, which broadcast; those of the program. The attribute
/// `program` holds its instructions (`Node.programAttribute`); value `i` is input `i`.
extension Operator {
  static let fusedPointwise = Operator(
    "Pointwise", domain: "tessera",
    forms: [
      OperatorForm(inputs: 1...PointwiseProgram.maximumInputCount, attributes: ["program"])
    ],
    inferTypes: { (node, graph, _) throws(TesseraError) in
      _ = try node.pointwiseProgram()
      var result = try graph.inputType(0, of: node)
      try node.checkFloatingPoint(result)
      for index in node.inputs.indices.dropFirst() {
        let type = try graph.inputType(index, of: node)
        try node.checkSameElementType(result.elementType, type, "input \(index)")
        guard let left = result.dimensions, let right = type.dimensions else {
          result.dimensions = nil
          continue
        }
        guard let dimensions = broadcast(left, right) else {
          throw node.invalid("its operands \(result) and \(type) do not broadcast")
        }
        result.dimensions = dimensions
      }
      return [result]
    },
    pointwise: { (node, _, _) throws(TesseraError) in try node.pointwiseProgram() })
}

extension Node {
  fileprivate func pointwiseProgram() throws(TesseraError) -> PointwiseProgram {
    try require(
      try programAttribute("program", inputCount: inputs.count), attribute: "program")
  }
}
